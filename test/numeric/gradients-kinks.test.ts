/** What a derivative is where there is none: the choice made at ties and corners, and in float16. */
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { gradient } from '@darkroom/graph/gradient';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { groupNorm, layerNorm } from '@darkroom/graph/layers/norm';
import { Scope } from '@darkroom/graph/layers/scope';
import { abs, cast, clamp, max, min, pow, relu, silu, square } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { reshape } from '@darkroom/graph/ops/movement';
import { maxPool } from '@darkroom/graph/ops/pooling';
import { reduceMax, reduceMean, reduceMin, reduceSum } from '@darkroom/graph/ops/reduction';
import { graphOf, input, scalar, storedParameters, type Value } from '@darkroom/graph/value';
import { expect, it } from 'vitest';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

/** The gradient of Σ f(x). */
function slopes(f: (x: Value) => Value, at: readonly number[]): number[] {
  const x = input('x', [at.length]);
  const [dx] = gradient(reduceSum(f(x)), [x]) as [Value];
  return [...(evaluate(graphOf({ dx }), { x: at })['dx'] ?? [])];
}

it.each<[string, (x: Value) => Value, number[], number[]]>([
  ['|x| is flat at zero', abs, [-1, 0, 2], [-1, 0, 1]],
  ['relu is flat at zero', relu, [-1, 0, 2], [0, 0, 1]],
  ['a maximum of equals counts the first', (x) => max(x, scalar(1)), [0, 1, 2], [0, 1, 1]],
  ['… and not the second', (x) => max(scalar(1), x), [0, 1, 2], [0, 0, 1]],
  ['a maximum with itself counts once', (x) => max(x, x), [3], [1]],
  ['a minimum with itself counts once', (x) => min(x, x), [3], [1]],
  ['a clamped value moves up to the bounds', (x) => clamp(x, -1, 1), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]],
  ['the largest of equals share', reduceMax, [3, 1, 3, 3], [1 / 3, 0, 1 / 3, 1 / 3]],
  ['the smallest of equals share', reduceMin, [1, 1, 3], [0.5, 0.5, 0]],
  [
    'of equals in a window the first counts',
    (x) => maxPool(reshape(x, [1, 1, 1, 4]), { kernel: [1, 3] }),
    [2, 2, 1, 2],
    [1, 1, 0, 0],
  ],
  ['a constant power of zero', (x) => pow(x, scalar(2)), [0, -3], [0, -6]],
])('%s', (_title, f, at, expected) => {
  expect(relativeError(slopes(f, at), Float64Array.from(expected))).toBeLessThan(1e-9);
});

it('float16 networks have float16 gradients', async () => {
  const scope = Scope.root({ dtype: 'float16' });
  const image = conv2d(scope.child('in'), cast(input('x', [1, 2, 4, 4]), 'float16'), 4, { stride: 2 });
  const rows = layerNorm(
    scope.child('norm'),
    reshape(silu(groupNorm(scope.child('group'), image, 2, 1e-3)), [1, 4, 4]),
    1e-3,
  );
  const loss = reduceMean(square(attention(rows, rows, rows, { heads: 2 })));
  const parameters = [...storedParameters(graphOf({ loss }))];
  const gradients = gradient(
    loss,
    parameters.map(([, value]) => value),
  );
  const outputs = parameters.map(
    ([name], i) => [`d.${name}`, cast(gradients[i] as Value, 'float32')] as const,
  );
  const graph = graphOf(Object.fromEntries(outputs));
  const random = new Random(9);
  const numbers = ({ shape }: { shape: readonly number[] }): Float32Array =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal());
  const weights = new Map(parameters.map(([name, value]) => [name, numbers(value)]));
  const feeds = { x: numbers({ shape: [32] }) };
  const expected = evaluate(graph, { ...feeds, ...Object.fromEntries(weights) });
  await using session = await Session.compile(graph, { weights, threads: 1 });
  const actual = await session.run(feeds);
  const floor = Math.max(...Object.values(expected).flatMap((values) => [...values].map(Math.abs)));
  for (const [name, values] of Object.entries(expected)) {
    expect(relativeError(actual[name] ?? [], values, floor), name).toBeLessThan(0.02);
  }
});
