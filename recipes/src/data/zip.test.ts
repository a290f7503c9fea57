import { deflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readZip } from './zip.ts';

interface Member {
  readonly path: string;
  readonly method: number;
  readonly packed: Buffer;
}

function zipOf(members: readonly Member[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, method, packed } of members) {
    const name = Buffer.from(path);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(3, 28);
    const body = Buffer.concat([local, name, Buffer.from('ext'), packed]);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(offset, 42);
    locals.push(body);
    directory.push(entry, name);
    offset += body.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const text = Buffer.from('name#1=Bowl\n'.repeat(50));

test('reads stored and deflated files and skips folders', () => {
  const files = readZip(
    zipOf([
      { path: 'models/', method: 0, packed: Buffer.alloc(0) },
      { path: 'models/a.png', method: 0, packed: Buffer.from([1, 2, 3]) },
      { path: 'catalogue.properties', method: 8, packed: deflateRawSync(text) },
    ]),
  );
  expect([...files.keys()]).toEqual(['models/a.png', 'catalogue.properties']);
  expect(files.get('models/a.png')?.read()).toEqual(Buffer.from([1, 2, 3]));
  expect(files.get('catalogue.properties')?.read()).toEqual(text);
});

test('refuses other compressions when the file is read', () => {
  const files = readZip(zipOf([{ path: 'a', method: 12, packed: Buffer.from([0]) }]));
  expect(() => files.get('a')?.read()).toThrow('came method 12');
});

test('refuses a file without an end record', () => {
  expect(() => readZip(Buffer.from('not an archive'))).toThrow('expected a ZIP archive');
});
