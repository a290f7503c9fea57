import { expect, test } from 'vitest';
import { alphaBox, decodeCutout, transparentShare } from './cutout-decoder.ts';
import { isGreyscale } from './photo-decoder.ts';

function svg(body: string): Buffer {
  return Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400">${body}</svg>`);
}

test('the alpha box is the smallest that holds what is visible', () => {
  const rgba = new Uint8Array(6 * 5 * 4);
  for (const [x, y, alpha] of [
    [1, 2, 255],
    [4, 3, 90],
    [0, 0, 7],
  ] as const)
    rgba[(y * 6 + x) * 4 + 3] = alpha;
  const picture = { width: 6, height: 5, rgba };
  expect(alphaBox(picture, 8)).toEqual({ left: 1, top: 2, width: 4, height: 2 });
  expect(alphaBox(picture, 1)).toEqual({ left: 0, top: 0, width: 5, height: 4 });
  expect(alphaBox({ width: 6, height: 5, rgba: new Uint8Array(120) }, 8)).toBeUndefined();
});

test('a drawing is trimmed, reduced and keeps straight colours at its soft edge', async () => {
  const { width, height, rgba } = await decodeCutout(
    svg('<ellipse cx="220" cy="200" rx="150" ry="75" fill="#ff0000"/>'),
    96,
  );
  expect(width).toBe(96);
  expect(height).toBe(48);
  expect(transparentShare(rgba)).toBeGreaterThan(0.1);
  for (let i = 0; i < rgba.length; i += 4) {
    if ((rgba[i + 3] as number) < 40) continue;
    expect(rgba[i]).toBeGreaterThan(250);
    expect([rgba[i + 1], rgba[i + 2]]).toEqual([0, 0]);
  }
});

test('a drawing that fills its frame has no transparent pixels', async () => {
  const { rgba } = await decodeCutout(svg('<rect width="400" height="400" fill="#123456"/>'), 40);
  expect(transparentShare(rgba)).toBe(0);
});

test('an empty drawing is refused', async () => {
  await expect(decodeCutout(svg(''), 96)).rejects.toThrow('came a transparent one');
});

test('a tinted scan counts as grey, a photo with some colour does not', () => {
  expect(isGreyscale(Uint8Array.from([100, 99, 97, 20, 20, 18, 240, 238, 237]))).toBe(true);
  expect(isGreyscale(Uint8Array.from([100, 99, 97, 200, 90, 60, 240, 238, 237]))).toBe(false);
});
