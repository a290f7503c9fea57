/** Derivatives through several ops at once, by inputs and weights, and derivatives of derivatives. */
import { describe, expect, it } from 'vitest';
import * as composites from '../support/composite-cases.ts';
import { gradientErrors } from '../support/gradient-check.ts';
import type { OpCase } from '../support/op-case.ts';

const families: Readonly<Record<string, readonly OpCase[]>> = {
  'an activation': composites.activationCases,
  'a normalization': composites.normCases,
  'a resize': composites.resizeCases,
  'a layer': composites.layerCases,
  'a network': composites.networkCases,
  'a derivative': composites.secondOrderCases,
};

describe.each(Object.entries(families))('the derivative of %s', (_family, cases) => {
  it.each(cases)('$title', async (opCase) => {
    const { rules, runtime } = await gradientErrors(opCase);
    expect(rules).toBeLessThan(1e-6);
    expect(runtime).toBeLessThan(1e-4);
  });
});
