import { inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;

/** One file of a ZIP archive, unpacked only when read. */
export interface ZipFile {
  readonly path: string;
  /** @throws Error when the file is stored in a way other than plain or deflated. */
  readonly read: () => Buffer;
}

/**
 * Lists the files of a ZIP archive from its central directory (APPNOTE 4.3; no ZIP64, no encryption).
 *
 * @returns files by path
 * @throws Error when the directory is missing or damaged.
 */
export function readZip(bytes: Buffer): Map<string, ZipFile> {
  const end = bytes.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0 || bytes.readUInt32LE(end) !== endSignature) {
    throw new Error('expected a ZIP archive, came a file without an end record');
  }
  const count = bytes.readUInt16LE(end + 10);
  const files = new Map<string, ZipFile>();
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (bytes.readUInt32LE(at) !== entrySignature)
      throw new Error(`expected directory entry ${index} at byte ${at}`);
    const method = bytes.readUInt16LE(at + 10);
    const packedSize = bytes.readUInt32LE(at + 20);
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      bytes.readUInt16LE(at + field),
    );
    const localOffset = bytes.readUInt32LE(at + 42);
    const nameEnd = at + 46 + (nameLength ?? 0);
    const path = bytes.toString('utf8', at + 46, nameEnd);
    if (!path.endsWith('/')) {
      files.set(path, { path, read: () => contentAt(bytes, { path, method, packedSize, localOffset }) });
    }
    at = nameEnd + (extraLength ?? 0) + (commentLength ?? 0);
  }
  return files;
}

interface Entry {
  readonly path: string;
  readonly method: number;
  readonly packedSize: number;
  readonly localOffset: number;
}

function contentAt(bytes: Buffer, entry: Entry): Buffer {
  const { path, method, packedSize, localOffset } = entry;
  if (bytes.readUInt32LE(localOffset) !== localSignature)
    throw new Error(`expected a local header of ${path}`);
  // The local header's own lengths count: its extra field may differ from the directory's.
  const start =
    localOffset + 30 + bytes.readUInt16LE(localOffset + 26) + bytes.readUInt16LE(localOffset + 28);
  const packed = bytes.subarray(start, start + packedSize);
  if (method === 0) return packed;
  if (method === 8) return inflateRawSync(packed);
  throw new Error(`expected ${path} stored (0) or deflated (8), came method ${method}`);
}
