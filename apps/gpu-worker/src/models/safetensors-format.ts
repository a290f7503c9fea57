// The safetensors container: 8 bytes little-endian header length, a JSON header, then the tensors' bytes.
// Layout: https://github.com/huggingface/safetensors#format
import { AppError } from '@darkroom/shared/errors';

/** Storage types that are read and written, as the header spells them. */
export type DType = 'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL';

/** Elements of a stored tensor; F16 and BF16 keep their raw 16 bits, BOOL its bytes (0 or 1). */
export type TensorData =
  | Float64Array
  | Float32Array
  | Uint16Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** One tensor as the file holds it; `data.length` is the product of `shape`. */
export interface StoredTensor {
  dtype: DType;
  shape: readonly number[];
  data: TensorData;
}

/** Where a tensor lies: `begin` and `end` are bytes from the start of the file's data section. */
export interface TensorEntry {
  dtype: DType;
  shape: readonly number[];
  begin: number;
  end: number;
}

/** A parsed header: every tensor's place, and the file's own notes. */
export interface SafetensorsHeader {
  entries: ReadonlyMap<string, TensorEntry>;
  metadata: Readonly<Record<string, string>>;
}

interface Storage {
  bytes: number;
  view(buffer: ArrayBuffer, offset: number, length: number): TensorData;
}

/** In the order in which the reference writer lays out tensors: no tensor needs padding to be aligned. */
const STORAGE: Record<DType, Storage> = {
  I64: { bytes: 8, view: (buffer, offset, length) => new BigInt64Array(buffer, offset, length) },
  F64: { bytes: 8, view: (buffer, offset, length) => new Float64Array(buffer, offset, length) },
  F32: { bytes: 4, view: (buffer, offset, length) => new Float32Array(buffer, offset, length) },
  I32: { bytes: 4, view: (buffer, offset, length) => new Int32Array(buffer, offset, length) },
  BF16: { bytes: 2, view: (buffer, offset, length) => new Uint16Array(buffer, offset, length) },
  F16: { bytes: 2, view: (buffer, offset, length) => new Uint16Array(buffer, offset, length) },
  I16: { bytes: 2, view: (buffer, offset, length) => new Int16Array(buffer, offset, length) },
  I8: { bytes: 1, view: (buffer, offset, length) => new Int8Array(buffer, offset, length) },
  U8: { bytes: 1, view: (buffer, offset, length) => new Uint8Array(buffer, offset, length) },
  BOOL: { bytes: 1, view: (buffer, offset, length) => new Uint8Array(buffer, offset, length) },
};

/** Header size the reference reader accepts; a larger figure means that the file is not safetensors. */
export const MAX_HEADER_BYTES = 100_000_000;

const WRITING_ORDER = Object.keys(STORAGE);

/** Sorts named tensors as the reference writer does: by type, widest first, then by name. */
export function inWritingOrder<T extends { dtype: DType }>(tensors: Iterable<[string, T]>): [string, T][] {
  return [...tensors].sort(
    ([nameA, a], [nameB, b]) =>
      WRITING_ORDER.indexOf(a.dtype) - WRITING_ORDER.indexOf(b.dtype) ||
      (nameA < nameB ? -1 : Number(nameA > nameB)),
  );
}

/** Bytes of one element. */
export function elementBytes(dtype: DType): number {
  return STORAGE[dtype].bytes;
}

/** Elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Views `entry`'s elements inside `buffer` at `offset` bytes, or copies them when `offset` is unaligned. */
export function viewTensor(entry: TensorEntry, buffer: ArrayBuffer, offset: number): StoredTensor {
  const { bytes, view } = STORAGE[entry.dtype];
  const length = elementCount(entry.shape);
  const data =
    offset % bytes === 0
      ? view(buffer, offset, length)
      : view(buffer.slice(offset, offset + length * bytes), 0, length);
  return { dtype: entry.dtype, shape: entry.shape, data };
}

/** The error for a damaged file: names the file and, where one is at fault, the tensor. */
export function corruptModel(file: string, fault: string, tensor?: string): AppError {
  const place = tensor === undefined ? file : `${file}: tensor "${tensor}"`;
  const details = tensor === undefined ? { file } : { file, tensor };
  return new AppError('model_corrupt', { message: `${place}: ${fault}`, details });
}

/**
 * Parses and checks a header.
 * @param text the JSON header
 * @param dataBytes size of the file's data section, which the tensors must cover without holes or overlaps
 * @throws model_corrupt
 */
export function parseHeader(text: string, dataBytes: number, file: string): SafetensorsHeader {
  const json = parseObject(text, file);
  refuseDuplicates(text, file);
  const entries = new Map<string, TensorEntry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') metadata = parseMetadata(value, file);
    else entries.set(name, parseEntry(name, value, file));
  }
  checkCoverage(entries, dataBytes, file);
  return { entries, metadata };
}

function parseObject(text: string, file: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw corruptModel(file, `the header is not JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  if (!isRecord(json)) throw corruptModel(file, 'the header is not a JSON object');
  return json;
}

/** JSON.parse keeps the last of two equal keys silently, so the valid text is walked once for its top keys. */
function refuseDuplicates(text: string, file: string): void {
  const seen = new Set<string>();
  let depth = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (depth === 1 && token.endsWith(':')) {
      const name = JSON.parse(token.slice(0, -1)) as string;
      if (seen.has(name)) throw corruptModel(file, 'the name occurs twice in the header', name);
      seen.add(name);
    }
  }
}

function parseMetadata(value: unknown, file: string): Record<string, string> {
  if (!isRecord(value)) throw corruptModel(file, '__metadata__ is not an object of strings');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') throw corruptModel(file, `__metadata__.${key} is not a string`);
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, value: unknown, file: string): TensorEntry {
  if (!isRecord(value)) throw corruptModel(file, 'expected {dtype, shape, data_offsets}', name);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(STORAGE, dtype)) {
    const known = Object.keys(STORAGE).join(', ');
    throw corruptModel(file, `unknown dtype ${JSON.stringify(dtype)}, expected one of ${known}`, name);
  }
  if (!isSizes(shape)) {
    throw corruptModel(file, `shape ${JSON.stringify(shape)} is not a list of sizes >= 0`, name);
  }
  const [begin, end, ...rest] = isSizes(offsets) ? offsets : [];
  if (begin === undefined || end === undefined || rest.length > 0 || end < begin) {
    throw corruptModel(file, `data_offsets ${JSON.stringify(offsets)} is not [begin, end]`, name);
  }
  const entry: TensorEntry = { dtype: dtype as DType, shape, begin, end };
  const expected = elementCount(shape) * elementBytes(entry.dtype);
  if (end - begin !== expected) {
    const found = `data_offsets span ${end - begin} bytes`;
    throw corruptModel(file, `${found}, expected ${expected} for ${dtype} [${shape.join(', ')}]`, name);
  }
  return entry;
}

function checkCoverage(entries: ReadonlyMap<string, TensorEntry>, dataBytes: number, file: string): void {
  const ordered = [...entries].sort(([, a], [, b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const [name, { begin, end }] of ordered) {
    if (end > dataBytes) {
      const fault = `ends at byte ${end} of a data section of ${dataBytes} bytes`;
      throw corruptModel(file, `${fault} (truncated file or wrong offsets)`, name);
    }
    if (begin < covered) throw corruptModel(file, `overlaps the tensor before it at byte ${begin}`, name);
    if (begin > covered) throw corruptModel(file, `leaves bytes ${covered} to ${begin} unused`, name);
    covered = end;
  }
  if (covered !== dataBytes) {
    throw corruptModel(file, `${dataBytes - covered} bytes after the last tensor belong to none`);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
