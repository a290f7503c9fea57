import { describe, expect, it } from 'vitest';
import { evaluate } from '../../../../test/support/reference.ts';
import { check } from '../check.ts';
import { gradient } from '../gradient.ts';
import { add, div, exp, mul, scale, sin, sub } from '../ops/elementwise.ts';
import { attention } from '../ops/matmul.ts';
import { layerNormalization } from '../ops/normalization.ts';
import { reduceMean, reduceSum, softmax } from '../ops/reduction.ts';
import {
  constant,
  type Graph,
  graphOf,
  input,
  isLeaf,
  parameter,
  scalar,
  topologicalOrder,
  type Value,
} from '../value.ts';
import { dedupe } from './dedupe.ts';

const nodesOf = (graph: Graph): number =>
  topologicalOrder([...graph.outputs.values()]).filter((node) => !isLeaf(node)).length;
const constantsOf = (graph: Graph): number =>
  topologicalOrder([...graph.outputs.values()]).filter((node) => node.rule.op === 'Constant').length;

it('merges equal computations', () => {
  const x = input('x', [3]);
  const graph = graphOf({ y: add(mul(sin(x), exp(x)), mul(sin(x), exp(x))) });
  expect(nodesOf(graph)).toBe(7);
  expect(nodesOf(dedupe(graph))).toBe(4);
});

it('merges outputs that are the same', () => {
  const x = input('x', [3]);
  const { outputs } = dedupe(graphOf({ a: sin(x), b: sin(x) }));
  expect(outputs.get('a')).toBe(outputs.get('b'));
});

it('keeps the other outputs of a merged node', () => {
  const x = input('x', [2, 4]);
  const loss = reduceSum(layerNormalization(x, { epsilon: 1e-5 }));
  const twice = reduceSum(mul(layerNormalization(x, { epsilon: 1e-5 }), x));
  const graph = graphOf({ d: gradient(add(loss, twice), [x])[0] as Value });
  const feeds = { x: [1, 2, 4, 8, -1, 0, 1, 3] };
  expect(evaluate(dedupe(graph), feeds)).toEqual(evaluate(graph, feeds));
});

describe('keeps apart', () => {
  const x = input('x', [2, 2]);
  const cases: readonly [title: string, a: Value, b: Value][] = [
    ['operands in another order', sub(x, exp(x)), sub(exp(x), x)],
    ['other attributes', reduceSum(x, { axes: [0] }), reduceSum(x, { axes: [1] })],
    ['other ops', reduceSum(x), reduceMean(x)],
    ['other constants', scale(x, 2), scale(x, 3)],
    ['zero and minus zero', div(x, scalar(0)), div(x, scalar(-0))],
    [
      'constants of other shapes',
      mul(x, constant(new Float32Array([1, 2]), [2])),
      mul(x, constant(new Float32Array([1, 2]), [2, 1])),
    ],
  ];
  it.each(cases)('%s', (_title, a, b) => {
    const { outputs } = dedupe(graphOf({ a, b }));
    expect(outputs.get('a')).not.toBe(outputs.get('b'));
  });

  it('inputs and parameters, even of one shape', () => {
    const graph = graphOf({
      y: add(mul(input('a', [2]), parameter('v', [2])), mul(input('b', [2]), parameter('w', [2]))),
    });
    expect(nodesOf(dedupe(graph))).toBe(nodesOf(graph));
  });
});

it('merges small constants but does not compare large ones', () => {
  const x = input('x', [128]);
  const large = (): Value => constant(new Float32Array(128).fill(2), [128]);
  expect(constantsOf(dedupe(graphOf({ y: add(scale(x, 2), scale(x, 2)) })))).toBe(1);
  expect(constantsOf(dedupe(graphOf({ y: add(mul(x, large()), mul(x, large())) })))).toBe(2);
});

it('computes the same gradients with fewer nodes', () => {
  const [q, k] = [input('q', [1, 3, 4]), input('k', [1, 5, 4])];
  const attended = attention(softmax(q), k, k, { heads: 2 });
  const loss = reduceMean(mul(attended, sin(attended)));
  const [dq, dk] = gradient(loss, [q, k]) as [Value, Value];
  const graph = graphOf({ loss, dq, dk });
  const smaller = check(dedupe(graph));
  expect(nodesOf(smaller)).toBeLessThan(nodesOf(graph));
  const feeds = {
    q: Array.from({ length: 12 }, (_, i) => Math.sin(3 * i)),
    k: Array.from({ length: 20 }, (_, i) => Math.cos(5 * i)),
  };
  expect(evaluate(smaller, feeds)).toEqual(evaluate(graph, feeds));
});

it('leaves a graph without twins as it is', () => {
  const graph = graphOf({ y: exp(sin(input('x', [2]))) });
  expect(dedupe(graph).outputs.get('y')).toBe(graph.outputs.get('y'));
  expect(dedupe(graph).inputs).toBe(graph.inputs);
});
