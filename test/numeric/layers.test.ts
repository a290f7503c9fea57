/** Layers and composed functions against formulas and known values, in float64. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { embedding } from '@darkroom/graph/layers/embedding';
import { linear } from '@darkroom/graph/layers/linear';
import { groupNorm, layerNorm } from '@darkroom/graph/layers/norm';
import { pixelShuffle, pixelUnshuffle, resizeBilinear, resizeNearest } from '@darkroom/graph/layers/resize';
import { Scope } from '@darkroom/graph/layers/scope';
import { clamp, gelu, geluTanh, quickGelu, silu } from '@darkroom/graph/ops/elementwise';
import { causalBias } from '@darkroom/graph/ops/matmul';
import { flip, split } from '@darkroom/graph/ops/movement';
import { graphOf, input, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import * as composites from '../support/composite-cases.ts';
import { runOnce } from '../support/gradient-check.ts';
import { buildCase, relativeError } from '../support/op-case.ts';
import { evaluate, type Leaves } from '../support/reference.ts';

const count = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

function valuesOf(y: Value, leaves: Leaves): number[] {
  return [...(evaluate(graphOf({ y }), leaves)['y'] ?? [])];
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(relativeError(actual, Float64Array.from(expected))).toBeLessThan(1e-6);
}

describe('activations', () => {
  const at = [-3, -1, -0.5, 0, 0.25, 1, 2];
  const x = input('x', [at.length]);

  // Φ is tabulated: the share of a normal distribution below -3, -1, -1/2 and 0.
  it('gelu is x Φ(x)', () => {
    const normal = [0.0013498980316300957, 0.15865525393145707, 0.3085375387259869, 0.5];
    const values = valuesOf(gelu(x), { x: at }).slice(0, 4);
    expectNear(
      values,
      normal.map((phi, i) => (at[i] as number) * phi),
    );
  });

  it('gelu by tanh is within a thousandth of it', () => {
    const exact = valuesOf(gelu(x), { x: at });
    const approximate = valuesOf(geluTanh(x), { x: at });
    const gaps = approximate.map((value, i) => Math.abs(value - (exact[i] as number)));
    expect(Math.max(...gaps)).toBeLessThan(1e-3);
    expect(approximate).not.toEqual(exact);
  });

  it.each([
    ['silu', silu, 1],
    ['quick gelu', quickGelu, 1.702],
  ] as const)('%s is x sigmoid(%d x)', (_title, activation, alpha) => {
    expectNear(
      valuesOf(activation(x), { x: at }),
      at.map((v) => v / (1 + Math.exp(-alpha * v))),
    );
  });

  it('clamp keeps what lies between', () => {
    expect(valuesOf(clamp(x, -1, 0.5), { x: at })).toEqual([-1, -1, -0.5, 0, 0.25, 0.5, 0.5]);
  });
});

describe('resizing', () => {
  const row = input('x', [1, 1, 1, 2]);

  it('nearest repeats every pixel', () => {
    const x = input('x', [1, 1, 2, 2]);
    expect(valuesOf(resizeNearest(x, 2), { x: [1, 2, 3, 4] })).toEqual([
      1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4,
    ]);
  });

  it('bilinear places pixels at half positions', () => {
    expect(valuesOf(resizeBilinear(row, 1, 4), { x: [0, 4] })).toEqual([0, 1, 3, 4]);
    expect(valuesOf(resizeBilinear(input('x', [1, 1, 1, 4]), 1, 2), { x: [0, 2, 4, 8] })).toEqual([1, 6]);
    expectNear(valuesOf(resizeBilinear(row, 1, 3), { x: [0, 6] }), [0, 3, 6]);
  });

  it('bilinear keeps a flat image flat and a size unchanged', () => {
    const x = input('x', [1, 1, 3, 5]);
    expectNear(
      valuesOf(resizeBilinear(x, 7, 4), { x: count(15).map(() => 2) }),
      count(28).map(() => 2),
    );
    expect(valuesOf(resizeBilinear(x, 3, 5), { x: count(15) })).toEqual(count(15));
  });

  it('pixel shuffle lays channels out by row, then column', () => {
    const x = input('x', [1, 4, 1, 2]);
    expect(valuesOf(pixelShuffle(x, 2), { x: [0, 1, 10, 11, 20, 21, 30, 31] })).toEqual([
      0, 10, 1, 11, 20, 30, 21, 31,
    ]);
  });

  it('pixel unshuffle undoes it', () => {
    const x = input('x', [2, 8, 2, 3]);
    expect(valuesOf(pixelUnshuffle(pixelShuffle(x, 2), 2), { x: count(96) })).toEqual(count(96));
  });
});

describe('normalization', () => {
  const elements = count(24).map((i) => Math.sin(5 * i) * 3 + 1);

  function normalized(values: readonly number[], epsilon: number): number[] {
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    return values.map((v) => (v - mean) / Math.sqrt(variance + epsilon));
  }

  it('groupNorm normalizes each group of channels over all positions', () => {
    const y = groupNorm(Scope.root(), input('x', [1, 4, 2, 3]), 2, 1e-5);
    const affine = { weight: [1, 2, -1, 0.5], bias: [0, 1, 2, 3] };
    const rows = [elements.slice(0, 12), elements.slice(12)].flatMap((group) => normalized(group, 1e-5));
    const expected = rows.map((v, i) => {
      const channel = Math.floor(i / 6);
      return v * (affine.weight[channel] as number) + (affine.bias[channel] as number);
    });
    expectNear(valuesOf(y, { x: elements, ...affine }), expected);
  });

  it('layerNorm normalizes the last axis', () => {
    const y = layerNorm(Scope.root(), input('x', [4, 6]), 1e-3);
    const affine = { weight: count(6), bias: count(6).map((i) => -i) };
    const rows = count(4).flatMap((row) => normalized(elements.slice(6 * row, 6 * row + 6), 1e-3));
    expectNear(
      valuesOf(y, { x: elements, ...affine }),
      rows.map((v, i) => v * (i % 6) - (i % 6)),
    );
  });
});

describe('layers with weights', () => {
  it('linear multiplies rows by the transposed weight', () => {
    const y = linear(Scope.root(), input('x', [1, 2, 2]), 3);
    const leaves = { x: [1, 2, 3, 4], weight: [1, 0, 0, 1, 1, 1], bias: [0, 10, 100] };
    expect(y.shape).toEqual([1, 2, 3]);
    expect(valuesOf(y, leaves)).toEqual([1, 12, 103, 3, 14, 107]);
  });

  it.each([
    [{}, [2, 5, 6, 8]],
    [{ stride: 2 }, [2, 5, 3, 4]],
    [{ kernel: 1 }, [2, 5, 6, 8]],
    [{ kernel: 5, padding: 1 }, [2, 5, 4, 6]],
    [{ kernel: 2, padding: 0, stride: 2 }, [2, 5, 3, 4]],
  ])('conv2d %j gives %j', (options, shape) => {
    expect(conv2d(Scope.root(), input('x', [2, 3, 6, 8]), 5, options).shape).toEqual(shape);
  });

  it('embedding looks rows up', () => {
    const y = embedding(Scope.root(), input('ids', [2, 2], 'int64'), 3, 2);
    expect(valuesOf(y, { ids: [2, 0, 1, 2], weight: [0, 1, 10, 11, 20, 21] })).toEqual([
      20, 21, 0, 1, 10, 11, 20, 21,
    ]);
  });

  it('a scope names weights by their path and shares what is asked for twice', () => {
    const scope = Scope.root();
    const block = scope.child('down_blocks', 0).child('proj');
    linear(block, linear(block, input('x', [1, 3]), 3, { bias: false }), 3, { bias: false });
    expect([...scope.parameters.keys()]).toEqual(['down_blocks.0.proj.weight']);
  });
});

it('a causal bias hides later positions only', () => {
  const hidden = valuesOf(causalBias(3), {}).map((v) => v < -1000);
  expect(hidden).toEqual([false, true, true, false, false, true, false, false, false]);
});

it('split cuts equal parts, flip twice is nothing', () => {
  const x = input('x', [2, 4]);
  expect(split(x, 2, -1).map(({ shape }) => shape)).toEqual([
    [2, 2],
    [2, 2],
  ]);
  expect(valuesOf(flip(flip(x, 1), -1), { x: count(8) })).toEqual(count(8));
});

describe('ONNX Runtime computes the same as float64', () => {
  const cases = [
    ...composites.activationCases,
    ...composites.normCases,
    ...composites.resizeCases,
    ...composites.layerCases,
    ...composites.networkCases,
  ];
  it.each(cases)('$title', async (opCase) => {
    const { graph, feeds } = buildCase(opCase);
    const actual = await runOnce(graph, feeds);
    for (const [name, values] of Object.entries(evaluate(graph, feeds))) {
      expect(relativeError(actual[name] ?? [], values)).toBeLessThan(5e-6);
    }
  });
});
