import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { type EditId, editIds } from '../edits.ts';
import { drawScene } from '../teachers/drawn-scene.ts';
import { hasSky, skyMask } from '../teachers/sky.ts';
import { composeScene, laidPlain, laidVaried } from './compose.ts';
import { curricula } from './curriculum.ts';
import { openSources, writeDrawnStores } from './drawn-store.ts';
import { drawExample, drawRequest, type Example, type Sources } from './example.ts';
import { randomView } from './view.ts';

const size = { width: 32, height: 24 };
let folder: string;
let sources: Sources;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'example-'));
  await writeDrawnStores(folder, 8);
  sources = await openSources(folder);
});
afterAll(() => rm(folder, { recursive: true }));

describe('a composed scene', () => {
  const view = (index: number) => randomView(sources.photos.photo(0), size, dice(1, index));
  const places = Array.from({ length: 20 }, (_, index) => index);

  it('is its background where the matte is 0, and the cut-out laid over it elsewhere', () => {
    for (const index of places) {
      const { image, object } = composeScene(view(index), sources.cutouts, dice(2, index));
      if (!object) throw new Error('expected an object');
      const { mask, background } = object;
      expect([mask.width, mask.height, mask.data.length]).toEqual([32, 24, 32 * 24]);
      // A drawn cut-out has one colour: the picture's where it is opaque.
      const opaque = mask.data.findIndex((alpha) => alpha > 0.999);
      const blended = background.data.map((behind, i) => {
        const alpha = mask.data[Math.floor(i / 3)] as number;
        return behind * (1 - alpha) + alpha * (image.data[3 * opaque + (i % 3)] as number);
      });
      expect(opaque).toBeGreaterThanOrEqual(0);
      expect(image.data.filter((value, i) => Math.abs(value - (blended[i] as number)) > 0.01)).toHaveLength(
        0,
      );
      const outside = image.data.filter((_, i) => mask.data[Math.floor(i / 3)] === 0);
      expect(outside).toEqual(background.data.filter((_, i) => mask.data[Math.floor(i / 3)] === 0));
      expect(outside.length).toBeGreaterThan(300);
    }
  });

  it('shows a cut-out in its own shape to measure, and in many shapes and colours to learn from', () => {
    const aspects = (lay: typeof laidPlain) =>
      places.map((index) => {
        const { width, height } = lay(sources.cutouts.cutout(0), 60, dice(3, index));
        return width / height;
      });
    expect(new Set(aspects(laidPlain))).toEqual(new Set([60 / 45]));
    expect(new Set(aspects(laidVaried)).size).toBeGreaterThan(10);
  });

  it('sometimes holds a second object, behind the first', () => {
    const photos = places.map((index) => ({ index, photo: view(index) }));
    const changed = photos.filter(({ index, photo }) => {
      const { object } = composeScene(photo, sources.cutouts, dice(2, index));
      return object?.background !== photo;
    });
    expect(changed.length).toBeGreaterThan(1);
    expect(changed.length).toBeLessThan(15);
  });

  it('leaves the photo alone', () => {
    const photo = view(3);
    const before = photo.data.slice();
    composeScene(photo, sources.cutouts, dice(2, 0));
    expect(photo.data).toEqual(before);
  });
});

describe('an example', () => {
  let examples: readonly Example[];
  beforeAll(() => {
    examples = Array.from({ length: 120 }, (_, index) => drawExample(sources, size, 1, index));
  });

  it('depends on its seed and index alone', () => {
    for (const index of [7, 3, 99]) expect(drawExample(sources, size, 1, index)).toEqual(examples[index]);
    expect(drawExample(sources, size, 2, 7)).not.toEqual(examples[7]);
  });

  it('holds numbers in [0, 1], in pictures of the wanted size', () => {
    for (const { before, after } of examples) {
      for (const picture of [before, after]) {
        expect([picture.width, picture.height, picture.data.length]).toEqual([32, 24, 32 * 24 * 3]);
        expect(picture.data.every((value) => value >= 0 && value <= 1)).toBe(true);
      }
    }
  });

  it('shows every edit, and names an object and a colour where the edit needs them', () => {
    const seen = new Set<EditId>();
    for (const { request } of examples) {
      seen.add(request.id);
      const named = [request.object !== undefined, request.colour !== undefined];
      const expected = { recolour_object: [true, true], remove_object: [true, false] }[request.id as string];
      expect(named).toEqual(expected ?? [false, false]);
    }
    expect(seen.size).toBeGreaterThan(0.85 * editIds.length);
  });

  it('of a kept picture changes nothing, of another something', () => {
    for (const { request, before, after } of examples) {
      if (request.id === 'keep') expect(after.data).toEqual(before.data);
      if (request.id === 'darker') expect(after.data).not.toEqual(before.data);
    }
  });

  it('shows its cut-outs in more colours than they have', () => {
    const removals = Array.from({ length: 60 }, (_, index) =>
      drawExample(sources, size, 4, index, curricula.places),
    ).filter(({ request }) => request.id === 'remove_object');
    const shares = removals.map(({ before, after }) => {
      const changed = [...before.data.keys()].filter((i) => i % 3 === 0 && before.data[i] !== after.data[i]);
      const middle = changed[changed.length >> 1] as number;
      const [red, green, blue] = before.data.subarray(middle, middle + 3) as unknown as [
        number,
        number,
        number,
      ];
      return Math.round((50 * red) / (red + green + blue));
    });
    expect(removals.length).toBeGreaterThan(15);
    // The store has eight cut-outs, each of one colour.
    expect(new Set(shares).size).toBeGreaterThan(10);
  });

  it('of a sky is drawn from views that have one, wherever they are found', () => {
    const skies = examples.filter(({ request }) => request.id.startsWith('sky_'));
    const found = skies.filter(({ before }) => hasSky(skyMask(before)));
    expect(skies.length).toBeGreaterThan(4);
    expect(found.length / skies.length).toBeGreaterThan(0.8);
  });
});

it('a request names the object of its scene, and no strength of a removal', () => {
  const scene = drawScene(32, dice(5, 0));
  for (let index = 0; index < 30; index++) {
    const removal = drawRequest('remove_object', scene, dice(1, index));
    expect(removal).toEqual({ id: 'remove_object', strength: 'normal', object: scene.object?.id });
  }
  const strengths = Array.from(
    { length: 300 },
    (_, index) => drawRequest('night', scene, dice(2, index)).strength,
  );
  const share = (wanted: string): number => strengths.filter((strength) => strength === wanted).length / 300;
  expect(Math.abs(share('normal') - 0.6)).toBeLessThan(0.1);
  expect(Math.abs(share('slight') - 0.2)).toBeLessThan(0.08);
});
