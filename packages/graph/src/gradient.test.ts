import { expect, it } from 'vitest';
import { gradient } from './gradient.ts';
import { add, cast, exp, floor, greater, mul, scale, sin, where } from './ops/elementwise.ts';
import { gather } from './ops/movement.ts';
import { argMax, reduceSum } from './ops/reduction.ts';
import { print } from './print.ts';
import { graphOf, input, isLeaf, scalar, topologicalOrder, type Value } from './value.ts';

const opsOf = (value: Value): string[] =>
  topologicalOrder([value])
    .filter((node) => !isLeaf(node))
    .map(({ rule }) => rule.op);

const only = (gradients: Value[]): Value => gradients[0] as Value;

it('is zeros of the value’s shape where nothing flows', () => {
  const [x, unused] = [input('x', []), input('unused', [2, 3])];
  const zero = only(gradient(exp(x), [unused]));
  expect(zero.shape).toEqual([2, 3]);
  expect(zero.node.data).toEqual(new Float32Array(6));
});

it('is one for the loss itself', () => {
  const loss = exp(input('x', []));
  expect(only(gradient(loss, [loss])).node.data).toEqual(new Float32Array([1]));
});

it('starts from the cotangent when one is given', () => {
  const [x, g] = [input('x', [3]), input('g', [3])];
  expect(print(graphOf({ dx: only(gradient(sin(x), [x], g)) }))).toContain('Mul(%g, ');
});

it('needs no derivative of ops that the wanted values do not pass', () => {
  const [x, y] = [input('x', []), input('y', [])];
  expect(() => gradient(mul(x, floor(y)), [x])).not.toThrow();
  expect(() => gradient(mul(x, floor(y)), [y])).toThrow('gradient: Floor has no derivative');
});

it('needs no derivative of the op that made a wanted value', () => {
  const middle = floor(input('x', []));
  expect(() => gradient(exp(middle), [middle])).not.toThrow();
});

it('does not flow through conditions, indices and whole numbers', () => {
  const x = input('x', [4]);
  const chosen = gather(x, argMax(x));
  const gate = where(greater(x, scalar(0)), x, scalar(0));
  const counted = cast(cast(x, 'int64'), 'float32');
  const loss = add(add(chosen, reduceSum(gate)), reduceSum(counted));
  expect(() => gradient(loss, [x])).not.toThrow();
});

it('builds nothing for values that are not wanted', () => {
  const [x, w] = [input('x', []), input('w', [])];
  const dw = only(gradient(mul(exp(x), w), [w]));
  expect(opsOf(dw).filter((op) => op === 'Exp')).toHaveLength(1);
});

it('adds up what flows into a value that is used twice', () => {
  const x = input('x', []);
  expect(opsOf(only(gradient(add(scale(x, 2), scale(x, 3)), [x])))).toContain('Add');
});
