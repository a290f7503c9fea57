import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { editIds } from '../edits.ts';
import { sampleInstruction } from '../grammar/instruction.ts';
import { openSources, writeDrawnStores } from '../training/drawn-store.ts';
import type { Sources } from '../training/example.ts';
import { type Case, casesOf } from './cases.ts';
import { applies } from './rules-applies.ts';

let folder: string;
let sources: Sources;
let cases: ReadonlyMap<string, readonly Case[]>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cases-'));
  await writeDrawnStores(folder, 5);
  sources = await openSources(folder);
  cases = new Map(editIds.map((id) => [id, casesOf(id, sources, 2)]));
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

describe.each(editIds)('the cases of %s', (id) => {
  it('have something to work on, at most once per photo', () => {
    const own = cases.get(id) ?? [];
    expect(own.length).toBeGreaterThan(0);
    expect(own.length).toBeLessThanOrEqual(2);
    expect(new Set(own.map(({ photo }) => photo)).size).toBe(own.length);
    for (const { scene, request } of own) {
      expect(applies(id, scene)).toBe(true);
      expect(request).toMatchObject({ id, strength: 'normal' });
      expect(request.object).toBe(id.endsWith('_object') ? scene.object?.id : undefined);
    }
  });

  it('are worded in both languages as training never words them', () => {
    const trained = new Set(
      Array.from({ length: 300 }, (_, index) =>
        sampleInstruction(
          { id, strength: 'normal', object: 'car', colour: 'red' },
          'train',
          index % 2 ? 'zh' : 'en',
          dice(1, index),
        ),
      ),
    );
    for (const { instructions } of cases.get(id) ?? []) {
      const [english, chinese] = instructions;
      expect(english).toMatch(/^[\p{Script=Latin}\p{P}\p{N}\s]+$/u);
      expect(chinese).toMatch(/\p{Script=Han}/u);
      for (const instruction of instructions) expect(trained).not.toContain(instruction);
    }
  });
});

it('cases are the same every time, whichever edits are asked for', () => {
  expect(casesOf('remove_object', sources, 2)).toEqual(cases.get('remove_object'));
  expect(casesOf('night', sources, 1)).toEqual(cases.get('night')?.slice(0, 1));
});

it('photos keep their shape and are at most 512 px long', () => {
  const photo = sources.photos.photo(0);
  const entry = sources.photos.entries[0];
  if (!entry) throw new Error('expected a photo');
  const long = { width: 1024, height: 300, rgb: new Uint8Array(1024 * 300 * 3).fill(90) };
  const photos = { entries: [entry, entry], photo: (index: number) => (index === 0 ? photo : long) };
  const sizes = casesOf('keep', { photos, cutouts: sources.cutouts }, 2).map(({ scene }) => [
    scene.image.width,
    scene.image.height,
  ]);
  expect(sizes.sort()).toEqual([
    [512, 150],
    [96, 96],
  ]);
});
