import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { iconCutouts } from './cutout-sources.ts';
import { iconSets, trainingIconSets } from './icon-sets.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'icons-'));
  await mkdir(join(folder, 'package'));
  const names = ['umbrella', 'umbrella-with-rain-drops', 'greenapple', 'sunflower-1', 'ship', 'house'];
  const icons = Object.fromEntries(names.map((name) => [name, { body: `<path d="M0 0h8v8z"/>` }]));
  await writeFile(join(folder, 'package/icons.json'), JSON.stringify({ icons, width: 16, height: 16 }));
});
afterAll(() => rm(folder, { recursive: true }));

test('an icon set shows the nouns, however it spells them', async () => {
  const cutouts = await iconCutouts(iconSets[0]!, folder);
  expect(cutouts.map(({ object, name }) => `${object} ${name}`)).toEqual([
    'apple green-apple',
    'umbrella umbrella',
    'umbrella umbrella-with-rain-drops',
    'flower sunflower',
    'boat ship',
  ]);
  expect(String(await cutouts[0]?.read())).toContain('<path d="M0 0h8v8z"/>');
});

test('what was added later is for training only, and belongs to the design that it is drawn like', async () => {
  const [noto, added] = [
    await iconCutouts(iconSets[0]!, folder),
    await iconCutouts(trainingIconSets[0]!, folder),
  ];
  const of = (cutouts: typeof noto, name: string) => cutouts.find((cutout) => cutout.name === name);
  expect(of(noto, 'umbrella')?.isTrainingOnly).toBe(false);
  expect(of(noto, 'umbrella-with-rain-drops')?.isTrainingOnly).toBe(true);
  expect(of(noto, 'umbrella-with-rain-drops')?.family).toBe(of(noto, 'umbrella')?.family);
  expect(of(noto, 'ship')?.family).not.toBe(of(added, 'umbrella')?.family);
  expect(added.every(({ isTrainingOnly }) => isTrainingOnly)).toBe(true);
});

test('a set is without what it draws with something else', async () => {
  const emojione = trainingIconSets.find(({ without }) => without.includes('ship'))!;
  const names = (await iconCutouts(emojione, folder)).map(({ name }) => name);
  expect(names).toContain('umbrella');
  expect(names).not.toContain('ship');
});
