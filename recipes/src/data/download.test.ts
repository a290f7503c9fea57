import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isUnpacked, obtainPackage, packageFolder, sha256OfFile } from './download.ts';
import type { PackagePin } from './packages.ts';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'packages-'));
});
afterEach(() => rm(cache, { recursive: true }));

async function pinOf(archive: string): Promise<PackagePin> {
  const sha256 = await sha256OfFile(archive);
  return {
    name: '@pictures/set',
    manager: 'npm',
    version: '1.0.0',
    sha256,
    sizeMb: 1,
    role: 'training',
    licence: 'MIT',
    unpack: ['package/a.txt'],
  };
}

async function packedArchive(): Promise<string> {
  const archive = join(cache, 'packages', 'pictures-set.tgz');
  await mkdir(join(cache, 'source', 'package'), { recursive: true });
  await mkdir(join(cache, 'packages'));
  await writeFile(join(cache, 'source', 'package', 'a.txt'), 'wanted');
  await writeFile(join(cache, 'source', 'package', 'b.txt'), 'unwanted');
  execFileSync('tar', ['-czf', archive, '-C', join(cache, 'source'), 'package']);
  return archive;
}

test('an archive at hand is unpacked without a download, and only once', async () => {
  const pin = await pinOf(await packedArchive());
  const lines: string[] = [];
  expect(await isUnpacked(cache, pin)).toBe(false);
  const folder = await obtainPackage(cache, pin, (line) => lines.push(line));
  expect(folder).toBe(packageFolder(cache, pin));
  expect(await sha256OfFile(join(folder, 'package/a.txt'))).toMatch(/^[0-9a-f]{64}$/);
  await expect(sha256OfFile(join(folder, 'package/b.txt'))).rejects.toThrow('ENOENT');
  await obtainPackage(cache, pin, (line) => lines.push(line));
  expect(lines).toEqual(['unpacking @pictures/set']);
});

test('another hash or another choice of paths makes it unpack again', async () => {
  const pin = await pinOf(await packedArchive());
  await obtainPackage(cache, pin, () => {});
  expect(await isUnpacked(cache, pin)).toBe(true);
  expect(await isUnpacked(cache, { ...pin, sha256: '0'.repeat(64) })).toBe(false);
  expect(await isUnpacked(cache, { ...pin, unpack: ['package/*'] })).toBe(false);
});
