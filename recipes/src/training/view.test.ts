import { describe, expect, it } from 'vitest';
import { dice } from '../dice.ts';
import { centralView, randomView, resample, scaleCutout } from './view.ts';

/** Bytes of a grey picture, one per pixel. */
function grey(width: number, height: number, at: (x: number, y: number) => number) {
  const bytes = Uint8Array.from({ length: width * height }, (_, i) => at(i % width, Math.floor(i / width)));
  return { width, height, bytes, channels: 1 };
}

function photo(width: number, height: number) {
  const random = dice(3, 0);
  const rgb = Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random() * 256));
  return { width, height, rgb };
}

const closeTo = (values: Float32Array, expected: readonly number[]) => {
  expect(values.length).toBe(expected.length);
  const worst = values.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - (expected[i] as number))),
    0,
  );
  expect(worst).toBeLessThan(1e-6);
};

describe('resample', () => {
  it('gives the very picture at scale 1', () => {
    const source = grey(5, 4, (x, y) => 40 * x + 7 * y);
    const whole = { left: 0, top: 0, width: 5, height: 4 };
    closeTo(
      resample(source, whole, { width: 5, height: 4 }),
      [...source.bytes].map((byte) => byte / 255),
    );
  });

  it.each([2, 3, 4])('averages blocks of side %d', (factor) => {
    const source = grey(6 * factor, 5 * factor, (x, y) => (x * 37 + y * 91) % 256);
    const expected = Array.from({ length: 30 }, (_, i) => {
      let sum = 0;
      for (let y = 0; y < factor; y++) {
        for (let x = 0; x < factor; x++) {
          const [sourceX, sourceY] = [(i % 6) * factor + x, Math.floor(i / 6) * factor + y];
          sum += source.bytes[sourceY * source.width + sourceX] as number;
        }
      }
      return sum / factor ** 2 / 255;
    });
    const whole = { left: 0, top: 0, width: source.width, height: source.height };
    closeTo(resample(source, whole, { width: 6, height: 5 }), expected);
  });

  it('weighs the samples at the edge of a block by how much of them it covers', () => {
    // Blocks of 1.5 samples: the middle one is shared.
    const source = grey(3, 1, (x) => [30, 90, 240][x] as number);
    const row = resample(source, { left: 0, top: 0, width: 3, height: 1 }, { width: 2, height: 1 });
    closeTo(row, [(30 + 45) / 1.5 / 255, (45 + 240) / 1.5 / 255]);
  });

  it('takes a rectangle out of the middle, and shifts by part of a sample', () => {
    const source = grey(8, 6, (x, y) => 16 * x + y);
    const inner = resample(source, { left: 2, top: 1, width: 3, height: 2 }, { width: 3, height: 2 });
    closeTo(
      inner,
      [33, 49, 65, 34, 50, 66].map((value) => value / 255),
    );
    const shifted = resample(source, { left: 2.25, top: 1, width: 3, height: 1 }, { width: 3, height: 1 });
    closeTo(
      shifted,
      [37, 53, 69].map((value) => value / 255),
    );
  });

  it('repeats the border outside the picture', () => {
    const source = grey(4, 4, (x, y) => 60 * x + 10 * y);
    const size = { width: 6, height: 6 };
    const wider = resample(source, { left: -1, top: -1, ...size }, size);
    const clamped = Array.from({ length: 36 }, (_, i) => {
      const [x, y] = [(i % 6) - 1, Math.floor(i / 6) - 1].map((at) => Math.min(3, Math.max(0, at)));
      return (60 * (x as number) + 10 * (y as number)) / 255;
    });
    closeTo(wider, clamped);
  });

  it('interpolates between samples when the view is finer than its source', () => {
    const source = grey(4, 1, (x) => 80 * x);
    const row = resample(source, { left: 0, top: 0, width: 4, height: 1 }, { width: 8, height: 1 });
    closeTo(
      row,
      [0, 20, 60, 100, 140, 180, 220, 240].map((value) => value / 255),
    );
  });

  it('keeps channels apart', () => {
    const bytes = Uint8Array.of(255, 0, 51, 255, 0, 153);
    const pixel = resample(
      { width: 2, height: 1, bytes, channels: 3 },
      { left: 0, top: 0, width: 2, height: 1 },
      { width: 1, height: 1 },
    );
    closeTo(pixel, [1, 0, 0.4]);
  });
});

describe('a view of a photo', () => {
  it('depends on the numbers drawn alone, and stays in [0, 1]', () => {
    const size = { width: 24, height: 16 };
    for (let index = 0; index < 20; index++) {
      const view = randomView(photo(37, 53), size, dice(1, index));
      expect(randomView(photo(37, 53), size, dice(1, index))).toEqual(view);
      expect([view.width, view.height, view.data.length]).toEqual([24, 16, 24 * 16 * 3]);
      expect(view.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    const [first, second] = [1, 2].map((index) => randomView(photo(37, 53), size, dice(1, index)));
    expect(first).not.toEqual(second);
  });

  it('of the middle crops the longer side evenly', () => {
    const rgb = new Uint8Array(6 * 2 * 3);
    for (let x = 0; x < 6; x++)
      for (let y = 0; y < 2; y++) rgb.fill(40 * x, (y * 6 + x) * 3, (y * 6 + x) * 3 + 3);
    const view = centralView({ width: 6, height: 2, rgb }, { width: 2, height: 2 });
    closeTo(
      view.data,
      [80, 80, 80, 120, 120, 120, 80, 80, 80, 120, 120, 120].map((value) => value / 255),
    );
  });
});

describe('a scaled cut-out', () => {
  it('averages colour by alpha, so that hidden colour does not bleed', () => {
    // Red where it can be seen, green where it cannot.
    const rgba = Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 0);
    const { colour, alpha } = scaleCutout({ width: 2, height: 1, rgba }, { width: 1, height: 1 });
    closeTo(colour, [0.5, 0, 0]);
    closeTo(alpha, [0.5]);
  });
});
