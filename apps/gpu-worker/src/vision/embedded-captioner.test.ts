/** The captioner that comes with the repository. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../image/decode.ts';
import type { Raster } from '../image/raster.ts';
import { ModelStore } from '../runtime/model-store.ts';
import type { Captioner } from './captioner.ts';
import { openVisionModel } from './open-vision-model.ts';

const folder = fileURLToPath(new URL('../../../../weights/caption', import.meta.url));
const photo = fileURLToPath(new URL('../../../../test/fixtures/cow.jpg', import.meta.url));

let store: ModelStore;
let captioner: Captioner;
let cows: Raster;
beforeAll(async () => {
  cows = await decodeImage(await readFile(photo));
  store = new ModelStore({ budgetBytes: 1e8 });
  captioner = await openVisionModel('caption', folder, store);
});
afterAll(() => store[Symbol.asyncDispose]());

describe('the embedded captioner', () => {
  it('weighs no more than 10 MB', async () => {
    expect((await stat(join(folder, 'model.safetensors'))).size).toBeLessThan(10 * 1024 * 1024);
  });

  it('names the cows of a photo', async () => {
    const { caption, score } = await captioner.caption(cows);
    expect(caption).toMatch(/\bcows?\b/);
    expect(score).toBeGreaterThan(-1);
    expect(score).toBeLessThan(0);
  });

  it('names a cow that was cut out and laid on white', async () => {
    const { caption } = await captioner.caption(cutOut(cows, [92, 107, 348, 264]));
    expect(caption).toMatch(/\bcows?\b/);
  });

  it('goes on from the words that it is given', async () => {
    const { caption } = await captioner.caption(cows, { prompt: 'Two' });
    expect(caption).toMatch(/^two .*\bcows\b/);
  });
});

/** A part of a picture in the middle of a white one of the same size. */
function cutOut(
  { width, height, channels, data }: Raster,
  [x0, y0, x1, y1]: readonly [number, number, number, number],
): Raster {
  const white = new Uint8Array(data.length).fill(255);
  const [left, top] = [Math.round((width - x1 + x0) / 2), Math.round((height - y1 + y0) / 2)];
  for (let y = 0; y < y1 - y0; y++) {
    const from = ((y0 + y) * width + x0) * channels;
    white.set(data.subarray(from, from + (x1 - x0) * channels), ((top + y) * width + left) * channels);
  }
  return { width, height, channels, data: white };
}
