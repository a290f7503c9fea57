import { describe, expect, it } from 'vitest';
import { add, exp, mul, neg, sin } from './ops/elementwise.ts';
import {
  graphOf,
  input,
  nameOf,
  parameter,
  storedParameters,
  topologicalOrder,
  type Value,
} from './value.ts';

const ops = (...outputs: Value[]): string[] =>
  topologicalOrder(outputs).map(({ rule, name }) => name ?? rule.op);

describe('topological order', () => {
  it('puts inputs before users and the first operand first', () => {
    const [a, b] = [input('a', []), input('b', [])];
    expect(ops(add(sin(b), exp(a)))).toEqual(['b', 'Sin', 'a', 'Exp', 'Add']);
  });

  it('does not depend on the order of construction', () => {
    const build = (swapped: boolean): string[] => {
      const x = input('x', []);
      const [first, second] = swapped ? [sin(x), neg(x)].reverse() : [neg(x), sin(x)];
      return ops(mul(first as Value, second as Value));
    };
    expect(build(true)).toEqual(build(false));
  });

  it('lists a shared node once, before its first user', () => {
    const x = input('x', []);
    const shared = exp(x);
    expect(ops(add(neg(shared), mul(shared, shared)))).toEqual(['x', 'Exp', 'Neg', 'Mul', 'Add']);
  });

  it('puts an operand that another operand needs first', () => {
    const x = input('x', []);
    const deep = sin(x);
    expect(ops(add(x, deep))).toEqual(['x', 'Sin', 'Add']);
    expect(ops(add(deep, x))).toEqual(['x', 'Sin', 'Add']);
  });

  it('follows the order of outputs', () => {
    const x = input('x', []);
    const [a, b] = [sin(x), neg(x)];
    expect(ops(a, b)).toEqual(['x', 'Sin', 'Neg']);
    expect(ops(b, a)).toEqual(['x', 'Neg', 'Sin']);
  });

  it('survives a chain deeper than the call stack', () => {
    let value = input('x', []);
    for (let i = 0; i < 50_000; i++) value = neg(value);
    expect(topologicalOrder([value])).toHaveLength(50_001);
  });

  it('takes linear time where values are shared at every level', () => {
    let value = input('x', []);
    for (let i = 0; i < 64; i++) value = add(value, value);
    expect(topologicalOrder([value])).toHaveLength(65);
  });
});

describe('a graph', () => {
  it('lists reachable inputs in order of use, then what is fed besides', () => {
    const [a, b, w] = [input('a', []), input('b', []), parameter('w', [])];
    const graph = graphOf({ y: add(mul(b, w), a) }, [w]);
    expect(graph.inputs.map(nameOf)).toEqual(['b', 'a', 'w']);
  });

  it('stores the parameters that are not fed', () => {
    const [w, v] = [parameter('w', []), parameter('v', [])];
    const y = mul(mul(v, w), v);
    expect([...storedParameters(graphOf({ y })).keys()]).toEqual(['v', 'w']);
    expect([...storedParameters(graphOf({ y }, [w])).keys()]).toEqual(['v']);
  });
});
