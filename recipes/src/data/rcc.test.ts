import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readRcc } from './rcc.ts';

interface Node {
  readonly name: string;
  readonly flags: number;
  /** Children count and first child of a directory, or 0 and the data offset of a file. */
  readonly fields: readonly [number, number];
}

/** Writes a resource file of the given version from nodes (the first is the root) and stored data blocks. */
function rccOf(version: number, nodes: readonly Node[], blocks: readonly Buffer[]): Buffer {
  const names: Buffer[] = [];
  const tree = nodes.map(({ name, flags, fields }) => {
    const node = Buffer.alloc(version === 1 ? 14 : 22);
    node.writeUInt32BE(Buffer.concat(names).length, 0);
    node.writeUInt16BE(flags, 4);
    node.writeUInt32BE(fields[0], 6);
    node.writeUInt32BE(fields[1], 10);
    const head = Buffer.alloc(6);
    head.writeUInt16BE(name.length, 0);
    names.push(head, Buffer.from(name, 'utf16le').swap16());
    return node;
  });
  const data = Buffer.concat(blocks.map(prefixed));
  const header = Buffer.alloc(version === 3 ? 24 : 20);
  header.write('qres', 0, 'latin1');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(header.length, 8);
  const treeSize = tree.length * (version === 1 ? 14 : 22);
  header.writeUInt32BE(header.length + treeSize, 12);
  header.writeUInt32BE(header.length + treeSize + data.length, 16);
  return Buffer.concat([header, ...tree, data, ...names]);
}

function prefixed(block: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(block.length);
  return Buffer.concat([length, block]);
}

const text = Buffer.from('the same line again, the same line again');
const zlibBlock = Buffer.concat([Buffer.from([0, 0, 0, text.length]), deflateSync(text)]);
const zstdBlock = zstdCompressSync(text);
const plainBlock = Buffer.from([1, 2, 3]);
const nodes: readonly Node[] = [
  { name: '', flags: 2, fields: [2, 1] },
  { name: 'images', flags: 2, fields: [2, 3] },
  { name: 'README', flags: 1, fields: [0, 0] },
  { name: 'été.webp', flags: 0, fields: [0, 4 + zlibBlock.length] },
  { name: 'note.txt', flags: 4, fields: [0, 8 + zlibBlock.length + plainBlock.length] },
];

describe('readRcc', () => {
  test.each([1, 2, 3])('reads plain, zlib and zstd files of nested folders in version %i', (version) => {
    const files = readRcc(rccOf(version, nodes, [zlibBlock, plainBlock, zstdBlock]));
    expect([...files.keys()].sort()).toEqual(['README', 'images/note.txt', 'images/été.webp']);
    expect(files.get('README')).toEqual(text);
    expect(files.get('images/note.txt')).toEqual(text);
    expect(files.get('images/été.webp')).toEqual(plainBlock);
  });

  test('refuses a file of another kind', () => {
    expect(() => readRcc(Buffer.alloc(64))).toThrow('expected a Qt resource file');
  });

  test('refuses an unknown version', () => {
    expect(() => readRcc(rccOf(4, nodes, []))).toThrow('version 1 to 3, came 4');
  });

  test('refuses a directory that contains itself', () => {
    const loop: Node[] = [{ name: '', flags: 2, fields: [1, 0] }];
    expect(() => readRcc(rccOf(2, loop, []))).toThrow('cycle');
  });

  test('refuses data that is cut short', () => {
    const whole = rccOf(
      2,
      [
        { name: '', flags: 2, fields: [1, 1] },
        { name: '', flags: 0, fields: [0, 0] },
      ],
      [],
    );
    const short = Buffer.concat([whole, Buffer.from([0, 0, 0, 99, 1])]);
    short.writeUInt32BE(whole.length, 12);
    expect(() => readRcc(short)).toThrow('expected 99 bytes of resource data, came 1');
  });
});
