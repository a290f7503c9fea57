import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jobKinds } from './contracts/job-request.ts';
import {
  currentPriceId,
  modelFamilies,
  type PricedWork,
  type PriceId,
  partialPrice,
  priceOf,
  priceTables,
  totalMicros,
} from './pricing.ts';

const edit: PricedWork = {
  kind: 'edit',
  family: 'embedded',
  width: 1000,
  height: 1000,
  steps: 12,
  pictures: 1,
};
const priceIds = Object.keys(priceTables) as PriceId[];
const side = fc.integer({ min: 1, max: 65_535 });
const work: fc.Arbitrary<PricedWork> = fc.record({
  kind: fc.constantFrom(...jobKinds),
  family: fc.constantFrom(...modelFamilies),
  width: side,
  height: side,
  steps: fc.integer({ min: 0, max: 1000 }),
  pictures: fc.integer({ min: 1, max: 8 }),
});
const counted = ['width', 'height', 'steps', 'pictures'] as const;

describe('priceOf', () => {
  test('adds the base of the kind and the rate of the family for each step and megapixel', () => {
    expect(priceOf(edit, '2026-11')).toEqual({
      priceId: '2026-11',
      pictureMicros: 1000 + 12 * 20,
      pictures: 1,
      steps: 12,
    });
    expect(totalMicros(priceOf({ ...edit, family: 'stable-diffusion', pictures: 3 }, '2026-11'))).toBe(
      10_200,
    );
  });

  test('counts a started micro-credit whole', () => {
    expect(priceOf({ ...edit, width: 1, height: 1, steps: 1 }).pictureMicros).toBe(1001);
  });

  test('gives whole numbers that stay exact, even multiplied by every step of the job', () => {
    fc.assert(
      fc.property(work, fc.constantFrom(...priceIds), (some, priceId) => {
        const price = priceOf(some, priceId);
        expect(price.priceId).toBe(priceId);
        expect(price.pictureMicros).toBeGreaterThanOrEqual(0);
        expect(totalMicros(price) * some.steps * some.pictures).toSatisfy(Number.isSafeInteger);
      }),
    );
  });

  test('never falls when there is more of anything', () => {
    fc.assert(
      fc.property(work, fc.constantFrom(...counted), (some, field) => {
        const most = field === 'pictures' ? 8 : field === 'steps' ? 1000 : 65_535;
        const more = { ...some, [field]: Math.min(some[field] + 1, most) };
        expect(totalMicros(priceOf(more))).toBeGreaterThanOrEqual(totalMicros(priceOf(some)));
      }),
    );
  });

  test('costs a test key nothing', () => {
    fc.assert(
      fc.property(work, (some) => {
        expect(totalMicros(priceOf(some, 'free'))).toBe(0);
      }),
    );
  });

  test.each(counted)('refuses a %s that is no whole number in bounds', (field) => {
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 2 ** 53, 70_000])
      expect(() => priceOf({ ...edit, [field]: wrong })).toThrow(`${field}: expected a whole number`);
  });
});

test('published prices never change: jobs are billed by the table that priced them', () => {
  expect(priceTables['2026-11']).toEqual({
    pictureMicros: {
      edit: 1000,
      generate: 500,
      img2img: 500,
      inpaint: 1000,
      segment: 500,
      detect: 500,
      caption: 300,
      similarity: 100,
    },
    stepMegapixelMicros: { embedded: 20, 'instruct-pix2pix': 200, 'stable-diffusion': 200, vision: 0 },
  });
  expect(priceIds).toContain(currentPriceId);
});

describe('partialPrice', () => {
  const price = priceOf({ ...edit, pictures: 2 }, '2026-11');

  test('is the share of the steps that were done', () => {
    expect(partialPrice(price, 0)).toBe(0);
    expect(partialPrice(price, 1)).toBe(Math.floor(2480 / 24));
    expect(partialPrice(price, 12)).toBe(1240);
    expect(partialPrice(price, 24)).toBe(2480);
  });

  test('is never more than the whole, and never falls with a further step', () => {
    fc.assert(
      fc.property(work, fc.integer({ min: 0, max: 10_000 }), (some, stepsDone) => {
        const whole = priceOf(some);
        const part = partialPrice(whole, stepsDone);
        expect(part).toSatisfy(Number.isSafeInteger);
        expect(part).toBeLessThanOrEqual(totalMicros(whole));
        expect(partialPrice(whole, stepsDone + 1)).toBeGreaterThanOrEqual(part);
      }),
    );
  });

  test('is nothing for a job without steps', () => {
    expect(partialPrice(priceOf({ ...edit, steps: 0 }), 5)).toBe(0);
  });

  test.each([Number.NaN, -1, 0.5, 2 ** 53])('refuses %s steps', (stepsDone) => {
    expect(() => partialPrice(price, stepsDone)).toThrow('stepsDone: expected a whole number');
  });
});
