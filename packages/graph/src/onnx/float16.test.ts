import { expect, it } from 'vitest';
import { toFloat16Bits } from './float16.ts';

const bitsOf = (...values: number[]): number[] => [...toFloat16Bits(Float32Array.from(values))];

it.each([
  [0, 0x0000],
  [-0, 0x8000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [0.333251953125, 0x3555],
  [Number.POSITIVE_INFINITY, 0x7c00],
  [Number.NEGATIVE_INFINITY, 0xfc00],
])('writes %d as 0x%s', (value, bits) => {
  expect(bitsOf(value)).toEqual([bits]);
});

it.each([
  ['the smallest normal number', 2 ** -14, 0x0400],
  ['the largest subnormal number', 1023 * 2 ** -24, 0x03ff],
  ['the smallest subnormal number', 2 ** -24, 0x0001],
  ['half of it, a tie, as zero', 2 ** -25, 0x0000],
  ['a little more than half of it', 2 ** -25 * (1 + 2 ** -20), 0x0001],
  ['one and a half of it, a tie, up to even', 3 * 2 ** -25, 0x0002],
  ['minus a third of it as minus zero', -(2 ** -24) / 3, 0x8000],
  ['a tie between normal numbers down to even', 1 + 2 ** -11, 0x3c00],
  ['a tie between normal numbers up to even', 1 + 3 * 2 ** -11, 0x3c02],
  ['a tie that carries into the exponent', 2 - 2 ** -11, 0x4000],
  ['a subnormal tie that carries into the normals', 2 ** -14 - 2 ** -25, 0x0400],
  ['what rounds down to the largest', 65519.996, 0x7bff],
  ['what rounds up to infinity', 65520, 0x7c00],
  ['a float32 far too large', 1e38, 0x7c00],
  ['a float32 far too small', 1e-40, 0x0000],
])('rounds %s', (_title, value, bits) => {
  expect(bitsOf(value)).toEqual([bits]);
});

it('keeps NaN a NaN', () => {
  const [bits = 0] = bitsOf(Number.NaN);
  expect(bits & 0x7c00).toBe(0x7c00);
  expect(bits & 0x03ff).not.toBe(0);
});

it('agrees with the platform on every half, every tie and its neighbours', () => {
  const halves = new Float16Array(Uint16Array.from({ length: 0x7c00 }, (_, i) => i).buffer);
  const values: number[] = [];
  halves.forEach((half, i) => {
    const tie = (half + (halves[i + 1] ?? 65536)) / 2;
    values.push(half, tie, tie * (1 - 2 ** -22), tie * (1 + 2 ** -22));
  });
  const signed = Float32Array.from([...values, ...values.map((value) => -value)]);
  expect(toFloat16Bits(signed)).toEqual(new Uint16Array(Float16Array.from(signed).buffer));
});

it('reads a view that does not start at its buffer', () => {
  expect([...toFloat16Bits(new Float32Array([9, 1, -2, 9]).subarray(1, 3))]).toEqual([0x3c00, 0xc000]);
});
