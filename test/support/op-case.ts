/** A computation to try: what is fed, and how the graph is built from it. */
import type { Dtype } from '@darkroom/graph/dtype';
import type { Shape } from '@darkroom/graph/shape';
import { type Graph, graphOf, input, storedParameters, type Value } from '@darkroom/graph/value';
import { Random } from './random.ts';

/** Elements of a feed: float32, whole numbers as int64, truth values as bytes. */
export type FeedData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

export interface Feed {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly draw: (random: Random) => FeedData;
}

export interface OpCase {
  readonly title: string;
  readonly feeds: readonly Feed[];
  readonly build: (...values: Value[]) => Value | readonly Value[];
  /** False where the computation has a kink or jump at the fed values. Default true. */
  readonly differentiable?: boolean;
  /** Largest relative error of ONNX Runtime's gradient. Default 1e-4. */
  readonly gradientTolerance?: number;
}

const sizeOf = (shape: Shape): number => shape.reduce((product, axis) => product * axis, 1);

function floats(shape: Shape, draw: (random: Random, i: number) => number): Feed {
  return {
    shape,
    dtype: 'float32',
    draw: (random) => Float32Array.from({ length: sizeOf(shape) }, (_, i) => draw(random, i)),
  };
}

/** Normally distributed numbers. */
export const normal = (...shape: number[]): Feed => floats(shape, (random) => random.normal());

/** Numbers in [0.3, 2.3): away from the poles of log, 1/x and sqrt. */
export const positive = (...shape: number[]): Feed => floats(shape, (random) => 0.3 + 2 * random.uniform());

/**
 * Distinct numbers (k + fraction) / 8 in random order, about zero but never within 0.025 of it; lattices of different
 * fractions never meet, so that no kink of max, abs or relu is near.
 */
export function lattice(shape: Shape, fraction = 0.3): Feed {
  const size = sizeOf(shape);
  return {
    shape,
    dtype: 'float32',
    draw: (random) =>
      Float32Array.from(random.permutation(size), (k) => (k - Math.floor(size / 2) + fraction) / 8),
  };
}

/** Exactly these numbers. */
export const given = (values: readonly number[], ...shape: number[]): Feed =>
  floats(shape, (_, i) => values[i] ?? Number.NaN);

/** Whole numbers, int64. */
export const indices = (values: readonly number[], ...shape: number[]): Feed => ({
  shape,
  dtype: 'int64',
  draw: () => BigInt64Array.from(values, BigInt),
});

export const truths = (...shape: number[]): Feed => ({
  shape,
  dtype: 'bool',
  draw: (random) => Uint8Array.from({ length: sizeOf(shape) }, () => (random.uniform() < 0.5 ? 0 : 1)),
});

export interface BuiltCase {
  readonly graph: Graph;
  /** The case's feeds, then the parameters that its layers asked for. */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Elements of every input by name; the feeds are called `x0`, `x1`, … */
  readonly feeds: Readonly<Record<string, FeedData>>;
}

/** The graph of a case with outputs `y0`, `y1`, …, and what to feed it, drawn from a fixed seed. */
export function buildCase({ feeds, build }: OpCase): BuiltCase {
  const random = new Random(7);
  const values = feeds.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const built = build(...values);
  const outputs = 'node' in built ? [built] : built;
  const named = Object.fromEntries(outputs.map((value, i) => [`y${i}`, value]));
  const parameters = storedParameters(graphOf(named));
  const drawn = [
    ...feeds.map((feed, i) => [`x${i}`, feed.draw(random)] as const),
    ...[...parameters].map(([name, { shape }]) => [name, normal(...shape).draw(random)] as const),
  ];
  return {
    graph: graphOf(named, [...parameters.values()]),
    inputs: [...values, ...parameters.values()],
    outputs,
    feeds: Object.fromEntries(drawn),
  };
}

/** Largest difference, divided by the largest expected magnitude (or `floor`, where that is larger). */
export function relativeError(actual: ArrayLike<number | bigint>, expected: Float64Array, floor = 0): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, scale] = [0, floor];
  expected.forEach((value, i) => {
    const difference = Math.abs(Number(actual[i]) - value);
    worst = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(value));
  });
  return scale > 0 ? worst / scale : worst;
}
