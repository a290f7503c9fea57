import { describe, expect, it } from 'vitest';
import { maskIou } from './binary-mask.ts';
import { maskOfPicture } from './mask-logits.ts';
import { enlargeMask, logitsOfMask } from './mask-planes.ts';
import { fitSquare } from './sam-image.ts';

/** Inside a circle. */
function disc(width: number, height: number, inside: number) {
  const radius = Math.min(width, height) / 3;
  const data = Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [(at % width) + 0.5 - width / 2, Math.floor(at / width) + 0.5 - height / 2];
    return x * x + y * y < radius * radius ? inside : 0;
  });
  return { width, height, data };
}

describe('a mask that someone drew', () => {
  it.each([
    [300, 200],
    [150, 400],
    [40, 40],
  ])('of %i×%i comes back from the logits that the network gets', (width, height) => {
    const fit = fitSquare({ width, height }, 128);
    const logits = logitsOfMask(disc(width, height, 255), fit, 64);
    const back = maskOfPicture({ width: 64, height: 64, data: logits }, fit);
    expect(maskIou(back, disc(width, height, 1))).toBeGreaterThan(0.95);
  });

  it('says nothing beyond the picture, and less where it is half inside', () => {
    const fit = fitSquare({ width: 8, height: 4 }, 8);
    const grey = { width: 8, height: 4, data: new Uint8Array(32).fill(255).fill(0, 0, 8) };
    const logits = logitsOfMask(grey, fit, 4);
    expect([...logits]).toEqual([0, 0, 0, 0, 8, 8, 8, 8, -8, -8, -8, -8, -8, -8, -8, -8]);
  });
});

describe('a small mask', () => {
  it('keeps its outline at a larger size', () => {
    const large = enlargeMask(disc(60, 40, 1), { width: 600, height: 400 });
    expect(maskIou(large, disc(600, 400, 1))).toBeGreaterThan(0.97);
    const same = disc(60, 40, 1);
    expect(enlargeMask(same, same)).toBe(same);
  });
});
