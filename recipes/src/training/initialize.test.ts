import { Scope } from '@darkroom/graph/layers/scope';
import { expect, it } from 'vitest';
import { editTraining, parseEditNetwork } from './edit-model.ts';
import { initializeParameters } from './initialize.ts';
import { tinyNetwork } from './tiny-network.ts';

const scope = Scope.root();
for (const [name, shape] of [
  ['norm.weight', [30]],
  ['norm.bias', [30]],
  ['conv.weight', [20, 8, 3, 3]],
  ['conv.bias', [20]],
  ['linear.weight', [40, 50]],
  ['token_embedding.weight', [100, 20]],
  ['conv_out.weight', [4, 8, 3, 3]],
] as const)
  scope.parameter(name, shape);

const draw = (seed: number): Map<string, Float32Array> =>
  initializeParameters(scope.parameters, seed, (name) => name === 'conv_out.weight');
const initial = draw(1);
const valuesOf = (name: string): Float32Array => initial.get(name) as Float32Array;
const largest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const deviation = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);

it('norms start as nothing done, biases and named layers at zero', () => {
  expect(new Set(valuesOf('norm.weight'))).toEqual(new Set([1]));
  for (const name of ['norm.bias', 'conv.bias', 'conv_out.weight'])
    expect(new Set(valuesOf(name))).toEqual(new Set([0]));
});

it.each([
  ['conv.weight', 8 * 9],
  ['linear.weight', 50],
])('%s is uniform within one by the root of its %d inputs', (name, inputs) => {
  const bound = 1 / Math.sqrt(inputs);
  expect(largest(valuesOf(name))).toBeLessThanOrEqual(bound);
  expect(largest(valuesOf(name))).toBeGreaterThan(0.98 * bound);
  expect(deviation(valuesOf(name)) / bound).toBeCloseTo(1 / Math.sqrt(3), 1);
});

it('embeddings are normal with a deviation of 0.02', () => {
  expect(deviation(valuesOf('token_embedding.weight'))).toBeCloseTo(0.02, 3);
  expect(largest(valuesOf('token_embedding.weight'))).toBeGreaterThan(0.05);
});

it('one seed gives one start, whatever stands behind a parameter', () => {
  expect(draw(1)).toEqual(initial);
  expect(draw(2).get('linear.weight')).not.toEqual(valuesOf('linear.weight'));
  const [first, second] = [...initial.values()].filter((values) => values.length > 1000);
  expect(first?.slice(0, 100)).not.toEqual(second?.slice(0, 100));
});

it('every parameter of an edit model has a first value of its size, and no layer explodes', () => {
  const shape = { batch: 1, height: 4, width: 4, length: 8 };
  const { parameters } = editTraining(
    shape,
    { importance: new Float32Array(16).fill(1), knee: 0.15 },
    parseEditNetwork(tinyNetwork),
  );
  const values = initializeParameters(parameters, 1, () => false);
  expect([...values.keys()]).toEqual([...parameters.keys()]);
  for (const [name, { shape }] of parameters) {
    const found = values.get(name) as Float32Array;
    expect(found.length, name).toBe(shape.reduce((product, side) => product * side, 1));
    expect(largest(found), name).toBeLessThanOrEqual(1);
  }
});
