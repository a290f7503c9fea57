// A component's weights as sessions take them: arrays in memory, or places in a temporary file.
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Weight } from '@darkroom/graph/onnx/write';
import { type Shape, sizeOf } from '@darkroom/graph/shape';
import { loadParameters } from '../models/checkpoint.ts';
import { temporaryFolder } from './session.ts';

type Shapes = ReadonlyMap<string, { readonly shape: Shape }>;

/** A folder of weights, and names in its file that nobody needs. */
interface Source {
  readonly folder: string;
  readonly ignore?: RegExp;
}

/** How a session is told where weights are. */
export interface WeightPlace {
  readonly weights: ReadonlyMap<string, Weight>;
  readonly folder?: string;
}

/** Elements read at a time on the way to a file. */
const chunkElements = 1 << 26;
const fileName = 'weights.bin';
/** ONNX Runtime maps the file; rows of a cache line keep every tensor aligned. */
const alignment = 64;

/** All weights of one component. Disposing gives back the memory or removes the file. */
export class WeightSet implements AsyncDisposable {
  readonly place: WeightPlace;

  private constructor(place: WeightPlace) {
    this.place = place;
  }

  /** @throws model_not_found, model_corrupt */
  static async inMemory({ folder, ignore }: Source, declared: Shapes): Promise<WeightSet> {
    return new WeightSet({ weights: await loadParameters(folder, declared, ignore && { ignore }) });
  }

  /** Writes the weights as float32 to a temporary file, a part at a time. @throws model_not_found, model_corrupt */
  static async onDisk({ folder, ignore }: Source, declared: Shapes): Promise<WeightSet> {
    const target = await temporaryFolder();
    try {
      await using file = await open(join(target, fileName), 'w');
      const weights = new Map<string, Weight>();
      let offset = 0;
      for (const chunk of chunks(declared)) {
        const others = namesOutside(declared, chunk);
        const ignored = ignore ? new RegExp(`${others.source}|${ignore.source}`) : others;
        const parameters = await loadParameters(folder, chunk, { ignore: ignored });
        for (const [name, values] of parameters) {
          weights.set(name, { file: fileName, offset, length: values.byteLength });
          await writeAll(file, values, offset);
          offset = Math.ceil((offset + values.byteLength) / alignment) * alignment;
        }
      }
      return new WeightSet({ weights, folder: target });
    } catch (error) {
      await rm(target, { recursive: true, force: true });
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.place.folder !== undefined) await rm(this.place.folder, { recursive: true, force: true });
  }
}

/** Groups of weights of at most `chunkElements` elements, or of one weight. */
function* chunks(declared: Shapes): Generator<Shapes> {
  let chunk = new Map<string, { readonly shape: Shape }>();
  let elements = 0;
  for (const [name, value] of declared) {
    const size = sizeOf(value.shape);
    if (elements > 0 && elements + size > chunkElements) {
      yield chunk;
      chunk = new Map();
      elements = 0;
    }
    chunk.set(name, value);
    elements += size;
  }
  yield chunk;
}

/** Matches the weights that are read with another chunk, so that only strangers count as unexpected. */
function namesOutside(declared: Shapes, chunk: Shapes): RegExp {
  const names = [...declared.keys()].filter((name) => !chunk.has(name));
  return new RegExp(`^(?:${names.map(RegExp.escape).join('|')})$`);
}

async function writeAll(file: FileHandle, values: Float32Array, position: number): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
