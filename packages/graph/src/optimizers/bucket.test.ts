import { describe, expect, it } from 'vitest';
import { input } from '../value.ts';
import { buckets, pack, unpack } from './bucket.ts';

describe('buckets', () => {
  it('put small tensors together and leave large ones alone', () => {
    expect(buckets([[4], [1000, 1000], [3, 2], [200_000], []])).toEqual([[1], [3], [0, 2, 4]]);
  });

  it('begin anew when one is full', () => {
    expect(buckets([[100_000], [31_072], [1], [131_072], [131_073]])).toEqual([[4], [0, 1], [2], [3]]);
  });

  it('have every tensor once', () => {
    const shapes = Array.from({ length: 100 }, (_, i) => [i * i * 40]);
    expect(
      buckets(shapes)
        .flat()
        .sort((a, b) => a - b),
    ).toEqual([...shapes.keys()]);
  });
});

describe('a packed bucket', () => {
  it('is one vector that comes apart into the same shapes', () => {
    const values = [input('a', [2, 3]), input('b', []), input('c', [4, 1, 1])];
    const packed = pack(values);
    expect(packed.shape).toEqual([11]);
    const shapes = values.map(({ shape }) => shape);
    expect(unpack(packed, shapes).map(({ shape }) => shape)).toEqual(shapes);
  });

  it('is the value itself when it is alone', () => {
    const value = input('a', [2, 3]);
    expect(pack([value])).toBe(value);
    expect(unpack(value, [value.shape])).toEqual([value]);
  });
});
