import { readSafetensors, type StoredTensor, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';

/** The tensors of one golden file, read by name and type. */
export class GoldenTensors {
  readonly #path: string;
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(path: string, tensors: ReadonlyMap<string, StoredTensor>) {
    this.#path = path;
    this.#tensors = tensors;
  }

  static async read(path: string): Promise<GoldenTensors> {
    return new GoldenTensors(path, await readSafetensors(path));
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Elements of a tensor as float32. */
  floats(name: string): Float32Array {
    return toFloat32(this.#tensor(name));
  }

  /** Elements of an int64 tensor. */
  integers(name: string): BigInt64Array {
    const { data, dtype } = this.#tensor(name);
    if (data instanceof BigInt64Array) return data;
    throw new TypeError(`${this.#path}: ${name} is ${dtype}, expected I64`);
  }

  bytes(name: string): Uint8Array {
    const { data, dtype } = this.#tensor(name);
    if (data instanceof Uint8Array) return data;
    throw new TypeError(`${this.#path}: ${name} is ${dtype}, expected U8`);
  }

  /** The only element of a tensor. */
  scalar(name: string): number {
    const values = this.floats(name);
    if (values.length === 1) return values[0] as number;
    throw new TypeError(`${this.#path}: ${name} has ${values.length} elements, expected one`);
  }

  shape(name: string): readonly number[] {
    return this.#tensor(name).shape;
  }

  #tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (tensor) return tensor;
    throw new TypeError(`${this.#path}: there is no tensor ${JSON.stringify(name)}`);
  }
}
