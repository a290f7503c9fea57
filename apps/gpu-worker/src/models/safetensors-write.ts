// Writing safetensors files.
import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { toFloat16Bits } from '@darkroom/graph/onnx/float16';
import { elementBytes, elementCount, inWritingOrder, type StoredTensor } from './safetensors-format.ts';

/** A tensor to write: float32 values stored as they are or rounded to half, or any stored tensor. */
export type WritableTensor =
  | { dtype: 'F32' | 'F16'; shape: readonly number[]; data: Float32Array }
  | StoredTensor;

/**
 * Writes a file whose bytes depend on the tensors alone: ordered by type, then by name, as
 * the reference writer does. The file appears whole or not at all (written beside its place, synced, renamed).
 * @throws TypeError if a tensor's data do not fit its shape
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, WritableTensor>,
  metadata?: Readonly<Record<string, string>>,
): Promise<void> {
  const ordered = inWritingOrder(tensors);
  const header = encodeHeader(ordered, metadata);
  const draft = `${path}.${randomUUID()}.tmp`;
  const handle = await open(draft, 'wx');
  try {
    await handle.writeFile(header);
    for (const [, tensor] of ordered) await handle.writeFile(storedBytes(tensor));
    await handle.sync();
    await handle.close();
    await rename(draft, path);
  } catch (fault) {
    await handle.close();
    await rm(draft, { force: true });
    throw fault;
  }
}

function encodeHeader(
  ordered: readonly [string, WritableTensor][],
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array {
  const fields: string[] = [];
  const sorted = Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  if (sorted.length > 0) {
    fields.push(`"__metadata__":${JSON.stringify(Object.fromEntries(sorted))}`);
  }
  let begin = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    if (name === '__metadata__') throw new TypeError('"__metadata__" cannot name a tensor');
    if (elementCount(shape) !== data.length) {
      throw new TypeError(`tensor "${name}": ${data.length} values for shape [${shape.join(', ')}]`);
    }
    const isRounded = dtype === 'F16' && data instanceof Float32Array;
    if (!isRounded && data.BYTES_PER_ELEMENT !== elementBytes(dtype)) {
      throw new TypeError(`tensor "${name}": elements of ${data.BYTES_PER_ELEMENT} bytes for dtype ${dtype}`);
    }
    const end = begin + data.length * elementBytes(dtype);
    fields.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
    begin = end;
  }
  const json = new TextEncoder().encode(`{${fields.join(',')}}`);
  const bytes = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
  bytes.set(json, 8);
  return bytes;
}

function storedBytes({ dtype, data }: WritableTensor): Uint8Array {
  const elements = dtype === 'F16' && data instanceof Float32Array ? toFloat16Bits(data) : data;
  return new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength);
}
