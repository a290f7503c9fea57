import { readFile } from 'node:fs/promises';
import { decodeRle, type MaskRle, rleArea } from '@darkroom/gpu-worker/vision/mask-rle';
import { expect, test } from 'vitest';
import { photoSplit } from '../data/split.ts';
import { drawnSources } from './drawn-sources.ts';
import { readOutlines } from './outlines.ts';

const { outlines } = JSON.parse(
  await readFile(new URL('./photo-outlines.json', import.meta.url), 'utf8'),
) as { readonly outlines: readonly { readonly photo: string; readonly rle: MaskRle }[] };

test('outlines are of photos that are trained on', () => {
  expect(outlines.length).toBeGreaterThan(50);
  expect(outlines.filter(({ photo }) => photoSplit(photo) !== 'train')).toEqual([]);
  for (const { rle } of outlines) {
    const share = rleArea(rle) / (rle.size[0] * rle.size[1]);
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.95);
  }
});

test('an outline gives its photo a matte and a cut-out of the same thing', async () => {
  const { photos } = drawnSources([10, 200, 10], [0, 0, 0]);
  const [first] = outlines;
  const known = { ...photos, entries: [{ ...photos.entries[0]!, id: first!.photo, caption: 'scissors' }] };
  const outline = (await readOutlines(known)).get(0)!;
  expect(outline.noun).toBe('scissors');
  const { data } = decodeRle(first!.rle);
  const wanted = data.reduce((sum, inside) => sum + inside, 0) / data.length;
  const cover = (rgba: Uint8Array): number =>
    rgba.reduce((sum, value, i) => (i % 4 === 3 ? sum + value / 255 : sum), 0);
  expect(cover(outline.rgba) / (120 * 90)).toBeCloseTo(wanted, 1);
  expect(cover(outline.cutout.rgba)).toBeCloseTo(cover(outline.rgba), 6);
  expect((await readOutlines(photos)).size).toBe(0);
});
