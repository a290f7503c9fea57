import { describe, expect, test } from 'vitest';
import { dice } from '../dice.ts';
import { blobShape, margined, patchLayer, softened, tinted, turned } from './layer.ts';

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
    for (const layer of [turned(square, 0.4, true), softened(square, 1.2), tinted(square, dice(1, 1))]) {
      for (const [i, value] of layer.colour.entries())
        expect(value).toBeLessThanOrEqual((layer.alpha[Math.floor(i / 3)] as number) + 1e-5);
    }
  });
});

test('a tint turns hues alike, and leaves greys and the matte as they are', () => {
  const [red, blue] = [4, 18];
  const hueOf = (layer: typeof square, column: number): number => {
    const at = (7 * layer.width + column) * 3;
    const [r, g, b] = layer.colour.subarray(at, at + 3) as unknown as [number, number, number];
    return Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b);
  };
  // Half bright, so that no channel is cut off.
  const soft = { ...square, colour: square.colour.map((value) => 0.3 + 0.2 * value) };
  const grey = {
    ...square,
    colour: square.alpha.reduce(
      (all, value, i) => all.fill(value / 2, 3 * i, 3 * i + 3),
      new Float32Array(square.colour.length),
    ),
  };
  for (let i = 0; i < 20; i++) {
    const turn = (column: number): number =>
      (hueOf(tinted(soft, dice(6, i)), column) - hueOf(soft, column) + 4 * Math.PI) % (2 * Math.PI);
    expect(turn(red)).toBeCloseTo(turn(blue), 4);
    expect(tinted(soft, dice(6, i)).alpha).toEqual(soft.alpha);
    for (const [at, value] of tinted(grey, dice(6, i)).colour.entries())
      expect(value).toBeCloseTo(grey.colour[at] as number, 6);
  }
  const turns = Array.from({ length: 20 }, (_, i) => hueOf(tinted(soft, dice(6, i)), red).toFixed(1));
  expect(new Set(turns).size).toBeGreaterThan(6);
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
