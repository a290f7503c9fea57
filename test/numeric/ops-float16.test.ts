/** Graphs of float16 values run, and are as near to float64 as eleven bits allow. */

import { Session } from '@darkroom/gpu-worker/runtime/session';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import { lora } from '@darkroom/graph/layers/lora';
import { groupNorm, layerNorm } from '@darkroom/graph/layers/norm';
import { resizeBilinear, resizeNearest } from '@darkroom/graph/layers/resize';
import { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, gelu, silu } from '@darkroom/graph/ops/elementwise';
import { attention, causalBias, matmul } from '@darkroom/graph/ops/matmul';
import { maxPool } from '@darkroom/graph/ops/pooling';
import { reduceMean, softmax } from '@darkroom/graph/ops/reduction';
import { graphOf, input, storedParameters, type Value } from '@darkroom/graph/value';
import { expect, it } from 'vitest';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const scope = (): Scope => Scope.root({ dtype: 'float16' });

const cases: readonly [title: string, shape: number[], build: (x: Value) => Value][] = [
  [
    'a product and a sum',
    [4, 6],
    (x) => add(matmul(x, scope().parameter('w', [6, 3])), scope().parameter('b', [3])),
  ],
  ['a linear layer', [2, 3, 6], (x) => linear(scope(), x, 5)],
  ['a convolution', [1, 3, 6, 6], (x) => conv2d(scope(), x, 4, { stride: 2 })],
  ['a layer norm', [3, 8], (x) => layerNorm(scope(), x, 1e-5)],
  ['a group norm', [1, 4, 3, 3], (x) => groupNorm(scope(), x, 2, 1e-5)],
  [
    'attention with a causal bias',
    [1, 4, 8],
    (x) => attention(x, x, x, { heads: 2, bias: causalBias(4, 'float16') }),
  ],
  ['activations', [3, 7], (x) => add(gelu(x), silu(x))],
  ['softmax and a mean', [3, 7], (x) => reduceMean(softmax(x), { axes: [0] })],
  ['pooling', [1, 2, 5, 4], (x) => maxPool(x, { kernel: [3, 3], pads: [1, 1, 1, 1] })],
  ['nearest resizing', [1, 2, 3, 3], (x) => resizeNearest(x, 2)],
  ['bilinear resizing', [1, 2, 3, 3], (x) => resizeBilinear(x, 5, 6)],
  ['a low-rank adapter', [3, 6], (x) => adapted(x)],
];

function adapted(x: Value): Value {
  const { adapt } = lora({ rank: 2, targets: () => true });
  return linear(Scope.root({ dtype: 'float16', adapt }), x, 4);
}

it.each(cases)('%s', async (_title, shape, build) => {
  const random = new Random(3);
  const numbers = (size: number): Float32Array =>
    Float32Array.from({ length: size }, () => random.normal() / 2);
  const x = input('x', shape);
  const graph = graphOf({ y: cast(build(cast(x, 'float16')), 'float32') });
  const sizeOf = (value: Value): number => value.shape.reduce((product, axis) => product * axis, 1);
  const weights = new Map(
    [...storedParameters(graph)].map(([name, value]) => [name, numbers(sizeOf(value))]),
  );
  const feeds = { x: numbers(sizeOf(x)) };
  await using session = await Session.compile(graph, { weights, threads: 1 });
  const { y = new Float32Array() } = await session.run(feeds);
  const expected = evaluate(graph, { ...feeds, ...Object.fromEntries(weights) })['y'] as Float64Array;
  expect(relativeError(y, expected)).toBeLessThan(5e-3);
});
