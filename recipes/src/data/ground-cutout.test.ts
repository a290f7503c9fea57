import { expect, test } from 'vitest';
import { cutFromGround } from './ground-cutout.ts';

const [width, height] = [12, 10];

/** A red frame on a light ground; within the frame the ground shows again. */
function framed(): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const isFrame = x >= 3 && x < 9 && y >= 2 && y < 8 && !(x >= 5 && x < 7 && y >= 4 && y < 6);
    return isFrame ? ([200, 20, 20][i % 3] as number) : 245;
  });
}

test('ground that the border reaches is transparent, what it does not reach stays', () => {
  const { rgba } = cutFromGround({ width, height, rgb: framed() });
  const alphaAt = (x: number, y: number): number => rgba[(y * width + x) * 4 + 3] as number;
  expect(alphaAt(0, 0)).toBe(0);
  expect(alphaAt(3, 2)).toBe(255);
  expect(alphaAt(5, 4)).toBe(255);
  expect([...rgba.subarray((2 * width + 3) * 4, (2 * width + 3) * 4 + 3)]).toEqual([200, 20, 20]);
});

test('a shade of the ground is half there', () => {
  const rgb = new Uint8Array(width * height * 3).fill(245);
  rgb.fill(245 - 27, (5 * width + 5) * 3, (5 * width + 5) * 3 + 3);
  const { rgba } = cutFromGround({ width, height, rgb });
  expect(rgba[(5 * width + 5) * 4 + 3]).toBe(128);
});
