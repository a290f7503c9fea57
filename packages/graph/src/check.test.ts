import { expect, it } from 'vitest';
import { check } from './check.ts';
import { GraphError } from './graph-error.ts';
import { add, exp } from './ops/elementwise.ts';
import {
  apply,
  applyAll,
  type Graph,
  graphOf,
  input,
  type Node,
  type OpRule,
  parameter,
  type Value,
} from './value.ts';

it('passes a graph that is right, and gives it back', () => {
  const graph = graphOf({ y: add(input('x', [2]), parameter('w', [2])) });
  expect(check(graph)).toBe(graph);
});

it('passes an input that is an output of the same name', () => {
  const x = input('x', [2]);
  expect(() => check(graphOf({ x, y: exp(x) }))).not.toThrow();
});

/** A copy of a node that claims another type. */
function retyped(value: Value, shape: readonly number[]): Value {
  const outputs: Value[] = [];
  const node: Node = { ...value.node, outputs };
  outputs.push({ ...value, shape, node });
  return outputs[0] as Value;
}

const sinh: OpRule = { op: 'Sinh', infer: ([x]) => [{ dtype: 'float32', shape: (x as Value).shape }] };

const wrongs: readonly [title: string, build: () => Graph, message: string][] = [
  [
    'an op outside the table',
    () => graphOf({ y: apply(sinh, [input('x', [2])]) }),
    'Sinh is not in the op table',
  ],
  [
    'a type that the op does not infer',
    () => graphOf({ y: retyped(exp(input('x', [2])), [3]) }),
    'Exp: output 0 is float32 [3], not float32 [2]',
  ],
  ['inputs that do not fit', () => graphOf({ y: unfit() }), 'Add: shapes [2] and [3] do not broadcast'],
  [
    'two parameters of one name',
    () => graphOf({ y: add(parameter('w', [2]), parameter('w', [2])) }),
    'two leaves are called "w"',
  ],
  [
    'an input that is not listed',
    () => ({ ...graphOf({ y: exp(input('x', [2])) }), inputs: [] }),
    'input "x" is not listed',
  ],
  [
    'an output called like an input',
    () => graphOf({ x: exp(input('x', [2])) }),
    'output "x" is called like a leaf',
  ],
  [
    'an output called like a parameter',
    () => graphOf({ w: exp(parameter('w', [2])) }),
    'output "w" is called like a leaf',
  ],
];

/** A sum whose second operand was swapped for one of another shape. */
function unfit(): Value {
  const { node } = add(input('a', [2]), input('b', [2]));
  const inputs = [node.inputs[0] as Value, input('c', [3])];
  const outputs: Value[] = [];
  const swapped: Node = { ...node, inputs, outputs };
  outputs.push({ dtype: 'float32', shape: [2], index: 0, node: swapped });
  return outputs[0] as Value;
}

it.each(wrongs)('refuses %s', (_title, build, message) => {
  const checking = (): Graph => check(build());
  expect(checking).toThrow(GraphError);
  expect(checking).toThrow(message);
});

it('looks at every output of a node', () => {
  const twin: OpRule = { op: 'Exp', infer: ([x]) => [x as Value, x as Value] };
  const [first] = applyAll(twin, [input('x', [2])]);
  expect(() => check(graphOf({ y: first }))).not.toThrow();
  const second = retyped(first, [2]);
  (second.node.outputs as Value[]).push({ ...second, index: 1, shape: [9] });
  expect(() => check(graphOf({ y: second }))).toThrow('Exp: output 1 is float32 [9], not float32 [2]');
});
