// Reading safetensors files, whole or tensor by tensor, in one file or in shards.
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import {
  corruptModel,
  type DType,
  MAX_HEADER_BYTES,
  parseHeader,
  type SafetensorsHeader,
  type StoredTensor,
  type TensorEntry,
  viewTensor,
} from './safetensors-format.ts';

export { toFloat32 } from './safetensors-float.ts';
export type { DType, StoredTensor } from './safetensors-format.ts';

/** `model.safetensors.index.json`, or with a variant `model.safetensors.index.fp16.json`. */
const INDEX_NAME = /\.index(\.\w+)?\.json$/;

/** One pread may not exceed 2^31 - 1 bytes. */
const MAX_READ_BYTES = 1 << 30;

/** Shape and storage type of a tensor that has not been read yet, and the file that holds it. */
export interface TensorInfo {
  dtype: DType;
  shape: readonly number[];
  file: string;
}

/** An open checkpoint, one file or many shards: headers in memory, tensors read one at a time. */
export interface TensorSource extends AsyncDisposable {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  /** @throws model_corrupt if there is no such tensor, or the file was cut after it was opened */
  read(name: string): Promise<StoredTensor>;
  close(): Promise<void>;
}

/**
 * Reads every tensor; the data are views over one buffer, except where a tensor is not aligned to its element.
 * @throws model_not_found, model_corrupt
 */
export async function readSafetensors(path: string): Promise<Map<string, StoredTensor>> {
  const handle = await openFile(path);
  try {
    const { header, dataStart, dataBytes } = await readHeader(handle, path);
    const buffer = await readBytes(handle, path, { position: dataStart, bytes: dataBytes });
    const tensors = new Map<string, StoredTensor>();
    for (const [name, entry] of header.entries) tensors.set(name, viewTensor(entry, buffer, entry.begin));
    return tensors;
  } finally {
    await handle.close();
  }
}

/**
 * Opens one `.safetensors` file, or all shards named by a `.safetensors.index.json`.
 * @throws model_not_found, model_corrupt
 */
export async function openSafetensors(path: string): Promise<TensorSource> {
  if (INDEX_NAME.test(path)) return openShards(path);
  const handle = await openFile(path);
  try {
    const { header, dataStart } = await readHeader(handle, path);
    return new SafetensorsFile(path, handle, { header, dataStart });
  } catch (fault) {
    await handle.close();
    throw fault;
  }
}

class SafetensorsFile implements TensorSource {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly #handle: FileHandle;
  readonly #entries: ReadonlyMap<string, TensorEntry>;
  readonly #dataStart: number;

  constructor(path: string, handle: FileHandle, layout: { header: SafetensorsHeader; dataStart: number }) {
    this.path = path;
    this.metadata = layout.header.metadata;
    this.#handle = handle;
    this.#entries = layout.header.entries;
    this.#dataStart = layout.dataStart;
    const tensors = [...this.#entries].map(([name, { dtype, shape }]) => [
      name,
      { dtype, shape, file: path },
    ]);
    this.tensors = new Map(tensors as [string, TensorInfo][]);
  }

  async read(name: string): Promise<StoredTensor> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw corruptModel(this.path, 'the file holds no such tensor', name);
    const range = { position: this.#dataStart + entry.begin, bytes: entry.end - entry.begin };
    return viewTensor(entry, await readBytes(this.#handle, this.path, range), 0);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

class ShardedCheckpoint implements TensorSource {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>> = {};
  readonly #shards: ReadonlyMap<string, TensorSource>;

  constructor(path: string, shards: readonly TensorSource[]) {
    this.path = path;
    const tensors = new Map<string, TensorInfo>();
    const owners = new Map<string, TensorSource>();
    for (const shard of shards) {
      for (const [name, info] of shard.tensors) {
        const other = tensors.get(name)?.file;
        if (other !== undefined) throw corruptModel(shard.path, `the name is also in ${other}`, name);
        tensors.set(name, info);
        owners.set(name, shard);
      }
    }
    this.tensors = tensors;
    this.#shards = owners;
  }

  async read(name: string): Promise<StoredTensor> {
    const shard = this.#shards.get(name);
    if (shard === undefined) throw corruptModel(this.path, 'no shard holds such a tensor', name);
    return shard.read(name);
  }

  async close(): Promise<void> {
    await Promise.all([...new Set(this.#shards.values())].map((shard) => shard.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

async function openShards(indexPath: string): Promise<TensorSource> {
  const places = await readWeightMap(indexPath);
  const shards = new Map<string, TensorSource>();
  try {
    for (const file of new Set(places.values())) {
      shards.set(file, await openSafetensors(join(dirname(indexPath), file)));
    }
    for (const [name, file] of places) {
      if (shards.get(file)?.tensors.has(name)) continue;
      throw corruptModel(indexPath, `the index places it in ${file}, which does not hold it`, name);
    }
    return new ShardedCheckpoint(indexPath, [...shards.values()]);
  } catch (fault) {
    await Promise.all([...shards.values()].map((shard) => shard.close()));
    throw fault;
  }
}

async function readWeightMap(indexPath: string): Promise<Map<string, string>> {
  const text = await readFile(indexPath, 'utf8').catch((cause) => {
    throw unreadable(indexPath, cause);
  });
  let index: { weight_map?: unknown } | null;
  try {
    index = JSON.parse(text);
  } catch (cause) {
    throw corruptModel(
      indexPath,
      `the index is not JSON (${cause instanceof Error ? cause.message : cause})`,
    );
  }
  const map = index?.weight_map;
  if (typeof map !== 'object' || map === null) throw corruptModel(indexPath, 'the index has no weight_map');
  for (const [name, file] of Object.entries(map)) {
    const isPlain = typeof file === 'string' && /^[^/\\]+\.safetensors$/.test(file);
    if (!isPlain) throw corruptModel(indexPath, `${JSON.stringify(file)} is not a shard's file name`, name);
  }
  return new Map(Object.entries(map as Record<string, string>));
}

async function openFile(path: string): Promise<FileHandle> {
  return open(path, 'r').catch((cause) => {
    throw unreadable(path, cause);
  });
}

function unreadable(path: string, cause: unknown): unknown {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  if (!isMissing) return cause;
  return new AppError('model_not_found', {
    cause,
    message: `${path}: no such file`,
    details: { file: path },
  });
}

async function readHeader(
  handle: FileHandle,
  path: string,
): Promise<{ header: SafetensorsHeader; dataStart: number; dataBytes: number }> {
  const { size } = await handle.stat();
  if (size < 8) throw corruptModel(path, `the file has ${size} bytes, expected at least 8`);
  const lengthBytes = new DataView(await readBytes(handle, path, { position: 0, bytes: 8 }));
  const headerBytes = lengthBytes.getBigUint64(0, true);
  if (headerBytes > BigInt(Math.min(size - 8, MAX_HEADER_BYTES))) {
    throw corruptModel(path, `the header claims ${headerBytes} bytes of a file of ${size} bytes`);
  }
  const dataStart = 8 + Number(headerBytes);
  const bytes = await readBytes(handle, path, { position: 8, bytes: Number(headerBytes) });
  const header = parseHeader(decodeUtf8(bytes, path), size - dataStart, path);
  return { header, dataStart, dataBytes: size - dataStart };
}

function decodeUtf8(bytes: ArrayBuffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw corruptModel(path, 'the header is not UTF-8 text');
  }
}

async function readBytes(
  handle: FileHandle,
  path: string,
  range: { position: number; bytes: number },
): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(range.bytes);
  let filled = 0;
  while (filled < range.bytes) {
    const chunk = new Uint8Array(buffer, filled, Math.min(range.bytes - filled, MAX_READ_BYTES));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, range.position + filled);
    if (bytesRead === 0) throw corruptModel(path, `the file ends at byte ${range.position + filled}`);
    filled += bytesRead;
  }
  return buffer;
}
