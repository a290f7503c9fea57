import { inflateSync, zstdDecompressSync } from 'node:zlib';

/** Node flags of Qt's resource format. */
const zlibFlag = 1;
const directoryFlag = 2;
const zstdFlag = 4;

interface Layout {
  readonly bytes: Buffer;
  readonly treeOffset: number;
  readonly dataOffset: number;
  readonly namesOffset: number;
  readonly nodeSizeBytes: number;
}

/**
 * Reads a binary Qt resource file (`rcc --binary`, format versions 1 to 3): a header of big-endian offsets, a tree of
 * nodes (directories point at a run of children, files at length-prefixed data) and a table of UTF-16 names.
 *
 * @returns file contents by path, without a leading slash
 * @throws Error when the signature, the version or an offset is wrong.
 */
export function readRcc(bytes: Buffer): Map<string, Buffer> {
  const layout = layoutOf(bytes);
  const files = new Map<string, Buffer>();
  const nodeCount = Math.floor((bytes.length - 20) / layout.nodeSizeBytes);
  let visited = 0;
  const pending: { index: number; path: string }[] = [{ index: 0, path: '' }];
  for (let node = pending.pop(); node; node = pending.pop()) {
    visited += 1;
    if (visited > nodeCount) throw new Error('expected a tree of resource nodes, came a cycle');
    const at = layout.treeOffset + node.index * layout.nodeSizeBytes;
    const name = node.index === 0 ? '' : nameAt(layout, bytes.readUInt32BE(at));
    const path = node.path && name ? `${node.path}/${name}` : node.path || name;
    const flags = bytes.readUInt16BE(at + 4);
    if (flags & directoryFlag) {
      const count = bytes.readUInt32BE(at + 6);
      const first = bytes.readUInt32BE(at + 10);
      if (count > nodeCount)
        throw new Error(`expected at most ${nodeCount} children, came ${count} of "${path}"`);
      for (let child = count - 1; child >= 0; child -= 1) pending.push({ index: first + child, path });
    } else {
      files.set(path, contentAt(layout, bytes.readUInt32BE(at + 10), flags));
    }
  }
  return files;
}

function layoutOf(bytes: Buffer): Layout {
  if (bytes.length < 20 || bytes.toString('latin1', 0, 4) !== 'qres') {
    throw new Error(`expected a Qt resource file ("qres"), came "${bytes.toString('latin1', 0, 4)}"`);
  }
  const version = bytes.readUInt32BE(4);
  if (version < 1 || version > 3) throw new Error(`expected resource format version 1 to 3, came ${version}`);
  return {
    bytes,
    treeOffset: bytes.readUInt32BE(8),
    dataOffset: bytes.readUInt32BE(12),
    namesOffset: bytes.readUInt32BE(16),
    // From version 2 on a node ends with its modification time.
    nodeSizeBytes: version === 1 ? 14 : 22,
  };
}

/** A name is its length in UTF-16 units, a 32-bit hash, then the units. */
function nameAt(layout: Layout, offset: number): string {
  const start = layout.namesOffset + offset;
  const length = layout.bytes.readUInt16BE(start);
  const units = Buffer.from(layout.bytes.subarray(start + 6, start + 6 + 2 * length));
  return units.swap16().toString('utf16le');
}

function contentAt(layout: Layout, offset: number, flags: number): Buffer {
  const start = layout.dataOffset + offset;
  const length = layout.bytes.readUInt32BE(start);
  const stored = layout.bytes.subarray(start + 4, start + 4 + length);
  if (stored.length !== length)
    throw new Error(`expected ${length} bytes of resource data, came ${stored.length}`);
  // zlib data carries its unpacked size in front, zstd data does not.
  if (flags & zlibFlag) return inflateSync(stored.subarray(4));
  if (flags & zstdFlag) return zstdDecompressSync(stored);
  return stored;
}
