/** The derivative of every op that has one: its rule in float64 against central differences, ONNX Runtime against both. */
import { type OpName, opTable } from '@darkroom/graph/ops/table';
import type { OpRule } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { gradientErrors } from '../support/gradient-check.ts';
import type { OpCase } from '../support/op-case.ts';
import { opCases } from '../support/op-cases.ts';

const differentiable = (Object.entries(opTable) as [OpName, OpRule][])
  .filter(([, { vjp }]) => vjp !== undefined)
  .map(([op]) => {
    const cases: readonly OpCase[] = opCases[op];
    return { op, cases: cases.filter((one) => one.differentiable !== false && hasFloats(one)) };
  });

function hasFloats({ feeds }: OpCase): boolean {
  return feeds.some(({ dtype }) => dtype === 'float32');
}

describe.each(differentiable)('the derivative of $op', ({ op, cases }) => {
  it.each(cases)('$title', async (opCase) => {
    const { rules, runtime } = await gradientErrors(opCase);
    expect(rules).toBeLessThan(1e-6);
    expect(runtime).toBeLessThan(opCase.gradientTolerance ?? 1e-4);
  });

  it('has a case', () => {
    expect(cases.length, op).toBeGreaterThan(0);
  });
});
