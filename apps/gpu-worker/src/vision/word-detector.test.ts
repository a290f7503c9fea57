import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../image/decode.ts';
import type { Raster } from '../image/raster.ts';
import { ModelStore } from '../runtime/model-store.ts';
import { boxIou } from './boxes.ts';
import { openWordDetector, type WordDetector } from './word-detector.ts';

const pathOf = (relative: string): string =>
  fileURLToPath(new URL(`../../../../${relative}`, import.meta.url));

let store: ModelStore;
let detector: WordDetector;
let cows: Raster;
beforeAll(async () => {
  store = new ModelStore({ budgetBytes: 1e9, threads: 2 });
  detector = await openWordDetector(pathOf('weights/detect'), store);
  cows = await decodeImage(await readFile(pathOf('test/fixtures/cow.jpg')));
});
afterAll(() => store[Symbol.asyncDispose]());

/** Where the cows stand in the photo, which is 384 pixels wide: the near one first. */
const herd = [
  [92, 107, 348, 264],
  [100, 66, 160, 108],
  [302, 69, 342, 101],
] as const;

describe('the embedded detector', () => {
  const words = ['cow', 'the cows', '奶牛', 'animals', 'a black and white cow'];
  const absent = ['airplane', 'red cow', '笔记本电脑', 'quasar'];

  it('finds all three cows of a photo by words of either language, and nothing that is not there', async () => {
    const found = await detector.detect(cows, [...absent, ...words]);
    for (const word of words) {
      const things = found.filter(({ label }) => label === word);
      expect(things, word).toHaveLength(3);
      expect(things[0]?.score, word).toBeGreaterThan(0.5);
      for (const box of herd)
        expect(Math.max(...things.map((thing) => boxIou(thing.box, box))), word).toBeGreaterThan(0.6);
    }
    expect(found).toHaveLength(3 * words.length);
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  it('tells how many as asked, all of them within the picture', async () => {
    const all = await detector.detect(cows, ['cow', 'bird'], { threshold: 0, limit: 40 });
    expect(all).toHaveLength(40);
    for (const { box } of all) {
      expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
      expect([box[2] <= cows.width, box[3] <= cows.height]).toEqual([true, true]);
    }
  });

  it('tells which queries name nothing that it knows, and does not look for those', async () => {
    expect(detector.unknownQueries(['cow', 'quasar', '黑洞'])).toEqual(['quasar', '黑洞']);
    const before = { ...store.counts };
    expect(await detector.detect(cows, ['quasar'])).toEqual([]);
    expect(store.counts).toEqual(before);
  });
});

describe('the finder beside the embedded detector', () => {
  it('knows what edits name, in either language', () => {
    const names = ['hat', '帽子', 'the goldfish', '小狗', 'balloons', 'my bike'];
    expect(detector.finder?.unknownQueries(names)).toEqual([]);
    expect(detector.unknownQueries(names)).toContain('hat');
    expect(detector.finder?.finder).toBeUndefined();
  });

  it('finds a drawn thing that was laid over a photo', async () => {
    const side = 90;
    const [left, top] = [20, 20];
    const data = cows.data.slice();
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        // A ball: a red disc with a light spot.
        if (Math.hypot(x + 0.5 - side / 2, y + 0.5 - side / 2) > side / 2) continue;
        const isSpot = Math.hypot(x - 28, y - 28) < 10;
        data.set(isSpot ? [255, 220, 220] : [215, 40, 40], ((top + y) * cows.width + left + x) * 3);
      }
    }
    const found = await detector.finder!.detect({ ...cows, data }, ['ball'], { threshold: 0.05, limit: 1 });
    expect(boxIou(found[0]?.box ?? [0, 0, 0, 0], [left, top, left + side, top + side])).toBeGreaterThan(0.6);
  });
});
