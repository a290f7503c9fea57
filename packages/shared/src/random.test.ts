import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initialDraw, normals, philox, uniforms, type Words2, type Words4 } from './random.ts';

describe('philox', () => {
  // The known answers that Random123 publishes for philox4x32 with 10 rounds (kat_vectors).
  const ones = 0xffffffff;
  const vectors: readonly { counter: Words4; key: Words2; words: Words4 }[] = [
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [ones, ones, ones, ones],
      key: [ones, ones],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ];
  test.each(vectors)('gives the published words for counter $counter', ({ counter, key, words }) => {
    expect(philox(counter, key)).toEqual(words);
  });
});

describe('normals', () => {
  const draw = { seed: 7, image: 0, step: 3, count: 100_000 };

  test('have the moments of a standard normal', () => {
    const values = normals(draw);
    const moment = (power: number) => values.reduce((sum, z) => sum + z ** power, 0) / values.length;
    // Five standard errors: sqrt(1, 2, 15, 96 / n).
    expect(Math.abs(moment(1))).toBeLessThan(0.016);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.023);
    expect(Math.abs(moment(3))).toBeLessThan(0.062);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.16);
  });

  test('depend on every part of the address', () => {
    const base = normals({ ...draw, count: 16 });
    for (const other of [
      { seed: 8 },
      { seed: 7 + 2 ** 32 },
      { image: 1 },
      { step: 4 },
      { step: initialDraw },
    ])
      expect(normals({ ...draw, count: 16, ...other })).not.toEqual(base);
  });

  test('of a longer run begin with the shorter one', () => {
    const address = fc.record({
      seed: fc.maxSafeNat(),
      image: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      step: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(address, fc.nat(40), fc.nat(40), (where, count, more) => {
        const short = normals({ ...where, count });
        expect(normals({ ...where, count: count + more }).subarray(0, count)).toEqual(short);
      }),
    );
  });

  test('stay the same from release to release', () => {
    const values = normals({ seed: 2 ** 53 - 1, image: 5, step: 2, count: 3 });
    expect([...values].map((z) => z.toFixed(5))).toMatchInlineSnapshot(`
      [
        "0.89740",
        "-0.55313",
        "-0.51278",
      ]
    `);
  });

  test.each([
    ['seed', { seed: -1 }],
    ['seed', { seed: 2 ** 53 }],
    ['image', { image: 0.5 }],
    ['step', { step: 2 ** 32 }],
    ['count', { count: Number.NaN }],
  ])('refuse a %s out of range', (field, wrong) => {
    expect(() => normals({ ...draw, ...wrong })).toThrow(new RegExp(`^${field}: expected`));
  });
});

describe('uniforms', () => {
  test('fill [0, 1) evenly', () => {
    const values = uniforms({ seed: 1, image: 0, step: 0, count: 64_000 });
    const bins = new Array<number>(16).fill(0);
    for (const u of values) bins[Math.floor(u * 16)] = (bins[Math.floor(u * 16)] as number) + 1;
    const chiSquare = bins.reduce((sum, n) => sum + (n - 4000) ** 2 / 4000, 0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(chiSquare).toBeLessThan(37.7); // 99.9 % point with 15 degrees of freedom
  });

  test('do not repeat the normals of the same address', () => {
    const where = { seed: 1, image: 0, step: 0, count: 1000 };
    const z = normals(where);
    const u = uniforms(where);
    const products = z.reduce((sum, value, i) => sum + value * ((u[i] as number) - 0.5), 0);
    expect(Math.abs(products / 1000)).toBeLessThan(0.05);
  });
});
