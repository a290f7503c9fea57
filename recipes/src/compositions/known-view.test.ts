import { expect, test } from 'vitest';
import { dice } from '../dice.ts';
import { knownView } from './known-view.ts';

test('the matte of an outlined thing follows the view, mirrored or not', () => {
  const [width, height] = [80, 60];
  // The left third is red, and that is what the outline says.
  const isRed = (i: number): boolean => i % width < width / 3;
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, i) =>
    isRed(Math.floor(i / 3)) ? [220, 10, 10][i % 3]! : [60, 90, 60][i % 3]!,
  );
  const rgba = Uint8Array.from({ length: width * height * 4 }, (_, i) => {
    const pixel = Math.floor(i / 4);
    return i % 4 < 3 ? (rgb[pixel * 3 + (i % 4)] as number) : isRed(pixel) ? 255 : 0;
  });
  const outline = { noun: 'flag', rgba, cutout: { width, height, rgba } };
  let seen = 0;
  for (let i = 0; i < 10; i++) {
    const { image, things } = knownView(
      { width, height, rgb },
      outline,
      { width: 48, height: 36 },
      dice(1, i),
    );
    const flag = things.find(({ noun }) => noun === 'flag');
    if (!flag) continue;
    seen += 1;
    for (let pixel = 0; pixel < 48 * 36; pixel++) {
      const redness = (image.data[pixel * 3] as number) - (image.data[pixel * 3 + 1] as number);
      const cover = flag.mask.data[pixel] as number;
      if (cover === 1) expect(redness).toBeGreaterThan(0.5);
      if (cover === 0) expect(redness).toBeLessThan(0);
    }
  }
  expect(seen).toBeGreaterThan(5);
});
