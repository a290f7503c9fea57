import { createHash } from 'node:crypto';
import { link, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OutputFormat } from '@darkroom/gpu-worker/image/encode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  chooseInFolder,
  chooseNamed,
  chooseOutput,
  type OutputPlace,
  writePictures,
} from './output-place.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edit-output-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = Buffer.from('picture');
const picture = { bytes, width: 2, height: 1, mime: 'image/png' } as const;

/** Writes the picture there; its path. */
async function write(place: OutputPlace): Promise<string | undefined> {
  return (await writePictures([{ place, picture }]))[0]?.path;
}

async function photoAt(name: string): Promise<string> {
  await writeFile(join(folder, name), 'photo');
  return join(folder, name);
}

const out = (name: string, format: OutputFormat = 'png') => ({ path: join(folder, name), format });

it.each([
  ['photo.jpg', 'jpeg', 'photo.edited.jpg', 'jpeg'],
  ['IMG 1.JPEG', 'jpeg', 'IMG 1.edited.JPEG', 'jpeg'],
  ['holiday.v2.webp', 'webp', 'holiday.v2.edited.webp', 'webp'],
  ['雪.avif', 'avif', '雪.edited.png', 'png'],
  ['named-wrongly.png', 'jpeg', 'named-wrongly.edited.jpg', 'jpeg'],
  ['no-extension', 'png', 'no-extension.edited.png', 'png'],
] as const)('puts the picture of %s, which is a %s, in %s', async (name, type, expected, format) => {
  const place = await chooseOutput({ photo: await photoAt(name) }, type);
  expect(place).toEqual({ path: join(folder, expected), format, isReplaced: false });
});

it('numbers the default name where it is taken, even by a picture that came meanwhile', async () => {
  const place = await chooseOutput({ photo: await photoAt('a.png') }, 'png');
  const paths = [];
  for (let i = 0; i < 3; i++) paths.push(await write(place));
  expect(paths).toEqual(
    ['a.edited.png', 'a.edited-2.png', 'a.edited-3.png'].map((name) => join(folder, name)),
  );
  expect(await readdir(folder)).toEqual(['a.edited-2.png', 'a.edited-3.png', 'a.edited.png', 'a.png']);
});

it('replaces what --out names, through a link', async () => {
  const photo = await photoAt('a.png');
  await writeFile(join(folder, 'old.png'), 'old');
  await symlink('old.png', join(folder, 'latest.png'));
  const place = await chooseOutput({ photo, out: out('latest.png') }, 'png');
  expect(await write(place)).toBe(join(folder, 'old.png'));
  expect(await readFile(join(folder, 'old.png'))).toEqual(bytes);
  expect(await readlink(join(folder, 'latest.png'))).toBe('old.png');
});

it.each(['a.png', 'symbolic.png', 'hard.png'])('does not replace the photo, named %s', async (name) => {
  const photo = await photoAt('a.png');
  await symlink('a.png', join(folder, 'symbolic.png'));
  await link(photo, join(folder, 'hard.png'));
  await expect(chooseOutput({ photo, out: out(name) }, 'png')).rejects.toThrow(
    /^--out: expected another file than the photo, got/,
  );
});

it('refuses a place that is no file', async () => {
  const photo = await photoAt('a.png');
  await mkdir(join(folder, 'b.png'));
  await symlink('/dev/null', join(folder, 'null.png'));
  const choose = (name: string) => chooseOutput({ photo, out: out(name) }, 'png');
  await expect(choose('b.png')).rejects.toThrow(/^--out: expected a file name, got a folder/);
  await expect(choose('null.png')).rejects.toThrow(/^--out: expected a file name, got a device or pipe/);
  await expect(choose('no/where.png')).rejects.toThrow(/^--out: no such folder ".*no"$/);
});

it('leaves nothing of a picture that cannot be put in its place', async () => {
  await mkdir(join(folder, 'taken.png'));
  const place = { ...out('taken.png'), isReplaced: true };
  await expect(write(place)).rejects.toThrow(/^cannot write ".*taken.png" \(EISDIR\)$/);
  expect(await readdir(folder)).toEqual(['taken.png']);
});

it('tells what it wrote', async () => {
  const place = await chooseOutput({ photo: await photoAt('a.png') }, 'png', {
    suffix: 'mask',
    format: 'png',
  });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  expect(await writePictures([{ place, picture }])).toEqual([
    { path: join(folder, 'a.mask.png'), width: 2, height: 1, mime: 'image/png', bytes: 7, sha256 },
  ]);
});

it('puts nothing in its place when one of several pictures cannot be written', async () => {
  const photo = await photoAt('a.png');
  const first = await chooseNamed(out('b.png'), photo, '--overlay');
  const lost = { ...out('gone/c.png'), isReplaced: true };
  const both = [
    { place: first, picture },
    { place: lost, picture },
  ];
  await expect(writePictures(both)).rejects.toThrow(/^cannot write ".*c.png" \(ENOENT\)$/);
  expect(await readdir(folder)).toEqual(['a.png']);
});

it('makes the folder of several pictures, and names the option of one that cannot be made', async () => {
  const places = await chooseInFolder(join(folder, 'maps'), ['semantic', 'instance'], '--label-maps');
  expect(places.map(({ path }) => path)).toEqual(
    ['semantic.png', 'instance.png'].map((name) => join(folder, 'maps', name)),
  );
  const photo = await photoAt('a.png');
  await expect(chooseInFolder(join(photo, 'maps'), ['x'], '--label-maps')).rejects.toThrow(
    /^--label-maps: cannot make the folder/,
  );
  await expect(chooseNamed(out('a.png'), photo, '--overlay')).rejects.toMatchObject({
    code: 'invalid_request',
    details: { field: 'overlay' },
  });
});
