import { describe, expect, test } from 'vitest';
import { dice } from '../dice.ts';
import { blobShape, margined, patchLayer, softened, turned } from './layer.ts';

const square = (() => {
  const [width, height] = [20, 10];
  const colour = Float32Array.from({ length: width * height * 3 }, (_, i) =>
    Math.floor(i / 3) % width < 10 ? [1, 0, 0][i % 3]! : [0, 0, 1][i % 3]!,
  );
  return margined({ width, height, colour, alpha: new Float32Array(width * height).fill(1) }, 2);
})();
const sum = (data: Float32Array): number => data.reduce((total, value) => total + value, 0);

describe('a layer', () => {
  test('keeps its area when it is turned', () => {
    const quarter = turned(square, Math.PI / 2, false);
    expect(Math.abs(quarter.width - 14)).toBeLessThanOrEqual(1);
    expect(Math.abs(quarter.height - 24)).toBeLessThanOrEqual(1);
    expect(sum(turned(square, 0.3, false).alpha)).toBeCloseTo(200, -1);
    expect(sum(quarter.alpha)).toBeCloseTo(200, 0);
  });

  test('has red on the other side when it is mirrored', () => {
    const { colour, width } = turned(square, 0, true);
    const row = 7 * width;
    expect(colour[(row + 4) * 3]).toBe(0);
    expect(colour[(row + 20) * 3]).toBe(1);
  });

  test('never has more colour than alpha', () => {
    for (const layer of [turned(square, 0.4, true), softened(square, 1.2)]) {
      for (const [i, value] of layer.colour.entries())
        expect(value).toBeLessThanOrEqual((layer.alpha[Math.floor(i / 3)] as number) + 1e-5);
    }
  });
});

test('a blob is one closed shape that leaves its corners empty', () => {
  for (let i = 0; i < 8; i++) {
    const { alpha, width, height } = blobShape(32, dice(1, i));
    expect(sum(alpha)).toBeGreaterThan(0.1 * width * height);
    expect([alpha[0], alpha[width - 1], alpha[width * (height - 1)]]).toEqual([0, 0, 0]);
  }
});

test('a piece of a photo has the photo where its shape is', () => {
  const photo = { width: 40, height: 40, rgb: new Uint8Array(40 * 40 * 3).fill(51) };
  const shape = blobShape(16, dice(2, 0));
  const { colour, alpha } = patchLayer(photo, shape, dice(2, 1));
  expect(alpha).toEqual(shape.alpha);
  for (const [i, value] of colour.entries())
    expect(value).toBeCloseTo(0.2 * (alpha[Math.floor(i / 3)] as number), 4);
});
