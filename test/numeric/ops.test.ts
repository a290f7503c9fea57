/** Every op as ONNX Runtime computes it in float32 against the float64 reference. */
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { describe, expect, it } from 'vitest';
import { buildCase, type OpCase, relativeError } from '../support/op-case.ts';
import { opCases } from '../support/op-cases.ts';
import { evaluate } from '../support/reference.ts';

/** About a hundred roundings of float32, relative to the largest element. */
const tolerance = 5e-6;

type Optimization = 'all' | 'disabled';

async function worstError(opCase: OpCase, optimization: Optimization): Promise<number> {
  const { graph, feeds } = buildCase(opCase);
  const expected = evaluate(graph, feeds);
  await using session = await Session.compile(graph, { threads: 1, optimization });
  const actual = await session.run(feeds);
  const errors = Object.entries(expected).map(([name, values]) => relativeError(actual[name] ?? [], values));
  return Math.max(...errors);
}

describe.each(Object.entries<readonly OpCase[]>(opCases))('%s computes the same as float64', (_op, cases) => {
  it.each(cases)('$title', async (opCase) => {
    expect(await worstError(opCase, 'all')).toBeLessThan(tolerance);
  });

  it('without graph optimization', async () => {
    for (const opCase of cases)
      expect(await worstError(opCase, 'disabled'), opCase.title).toBeLessThan(tolerance);
  });
});
