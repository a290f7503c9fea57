/** Optimizers and schedules as ONNX Runtime computes them against their formulas in plain numbers. */

import { type HostArray, Session } from '@darkroom/gpu-worker/runtime/session';
import { gradient } from '@darkroom/graph/gradient';
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { scale, square, sub } from '@darkroom/graph/ops/elementwise';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { type AdamWOptions, adamW } from '@darkroom/graph/optimizers/adamw';
import { movingAverage } from '@darkroom/graph/optimizers/average';
import { clipByGlobalNorm, globalNorm } from '@darkroom/graph/optimizers/clip';
import type { Optimizer } from '@darkroom/graph/optimizers/optimizer';
import { cosineDecay, product, type Schedule, warmUp } from '@darkroom/graph/optimizers/schedule';
import { sgd } from '@darkroom/graph/optimizers/sgd';
import { type Graph, graphOf, input, nameOf, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { runOnce } from '../support/gradient-check.ts';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';

const learningRate = 0.05;
const gradients = [
  [0.5, -1.5, 1e-3, 2],
  [0.25, 1, -2e-3, -8],
  [-1, 0.75, 3e-3, 0],
];
const start = [1, -2, 0.5, 3];

const float = (value: number): Float32Array => Float32Array.of(value);

/** The parameter after each of the given gradients, one session run a step, the state carried from run to run. */
async function steps(optimizer: Optimizer): Promise<number[][]> {
  const shape = [start.length];
  const [step, rate] = [input('step', []), input('learning_rate', [])];
  const state = optimizer.slots.map((slot) => input(slot, shape));
  const [w, g] = [input('w', shape), input('g', shape)];
  const updated = optimizer.update({ step, learningRate: rate, parameter: w, gradient: g, state });
  const nextState = updated.state.map((value, i) => [`next_${optimizer.slots[i]}`, value] as const);
  const graph = graphOf({ next: updated.parameter, ...Object.fromEntries(nextState) });
  await using session = await Session.compile(graph, { threads: 1 });
  let parameter: HostArray = Float32Array.from(start);
  let slots: Record<string, HostArray> = Object.fromEntries(
    optimizer.slots.map((slot) => [slot, new Float32Array(start.length)]),
  );
  const trace: number[][] = [];
  for (const [i, values] of gradients.entries()) {
    const feeds = {
      step: float(i + 1),
      learning_rate: float(learningRate),
      w: parameter,
      g: Float32Array.from(values),
    };
    const results = await session.run({ ...feeds, ...slots });
    parameter = results['next'] as HostArray;
    slots = Object.fromEntries(optimizer.slots.map((slot) => [slot, results[`next_${slot}`] as HostArray]));
    trace.push(Array.from(parameter, Number));
  }
  return trace;
}

/** Applies `update(parameter, gradient, step, index)` to every element. */
function expectedSteps(update: (w: number, g: number, step: number, i: number) => number): number[][] {
  let parameter = start;
  return gradients.map((values, t) => {
    parameter = parameter.map((w, i) => update(w, values[i] as number, t + 1, i));
    return parameter;
  });
}

function expectTrace(actual: number[][], expected: number[][]): void {
  expect(actual).toHaveLength(expected.length);
  for (const [t, values] of expected.entries()) {
    expect(relativeError(actual[t] ?? [], Float64Array.from(values))).toBeLessThan(1e-6);
  }
}

describe('adamW', () => {
  const formula = ({
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0.01,
  }: AdamWOptions): number[][] => {
    const [m, v] = [
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ];
    return expectedSteps((w, g, step, i) => {
      m[i] = beta1 * (m[i] as number) + (1 - beta1) * g;
      v[i] = beta2 * (v[i] as number) + (1 - beta2) * g * g;
      const corrected = (m[i] as number) / (1 - beta1 ** step);
      const deviation = Math.sqrt((v[i] as number) / (1 - beta2 ** step));
      return w * (1 - learningRate * weightDecay) - (learningRate * corrected) / (deviation + epsilon);
    });
  };

  it.each<[string, AdamWOptions]>([
    ['its defaults', {}],
    ['its own betas', { beta1: 0.5, beta2: 0.9 }],
    ['strong decay', { weightDecay: 0.5 }],
    ['no decay and a large epsilon', { weightDecay: 0, epsilon: 0.1 }],
  ])('with %s', async (_title, options) => {
    expectTrace(await steps(adamW(options)), formula(options));
  });

  it('leaves an element without gradient to the decay', async () => {
    const w = input('w', [2]);
    const zero = input('zero', [2]);
    const { parameter } = adamW({ weightDecay: 0.1 }).update({
      step: input('step', []),
      learningRate: input('rate', []),
      parameter: w,
      gradient: zero,
      state: [zero, zero],
    });
    const feeds = { w: Float32Array.of(1, -4), zero: new Float32Array(2), step: float(1), rate: float(0.5) };
    const { next } = await runOnce(graphOf({ next: parameter }), feeds);
    expect(relativeError(next ?? [], Float64Array.of(0.95, -3.8))).toBeLessThan(1e-6);
  });
});

describe('sgd', () => {
  it('without momentum keeps no state', async () => {
    expect(sgd().slots).toEqual([]);
    expectTrace(
      await steps(sgd()),
      expectedSteps((w, g) => w - learningRate * g),
    );
  });

  it('with momentum', async () => {
    const velocity = [0, 0, 0, 0];
    const expected = expectedSteps((w, g, _step, i) => {
      velocity[i] = 0.9 * (velocity[i] as number) + g;
      return w - learningRate * (velocity[i] as number);
    });
    expectTrace(await steps(sgd({ momentum: 0.9 })), expected);
  });
});

describe('clipping by the global norm', () => {
  const [a, b, c] = [input('a', [2]), input('b', [2, 1]), input('c', [])];
  const feeds = { a: Float32Array.of(3, 0), b: Float32Array.of(0, -4), c: float(12) };

  it('scales all gradients alike when the norm is above the limit', async () => {
    const { gradients: clipped, norm } = clipByGlobalNorm([a, b, c], 6.5);
    const [x, y, z] = clipped as [Value, Value, Value];
    const results = await runOnce(graphOf({ x, y, z, norm }), feeds);
    const factor = 6.5 / (13 + 1e-6);
    expect(relativeError(results['norm'] ?? [], Float64Array.of(13))).toBeLessThan(1e-6);
    expect(relativeError(results['x'] ?? [], Float64Array.of(3 * factor, 0))).toBeLessThan(1e-6);
    expect(relativeError(results['y'] ?? [], Float64Array.of(0, -4 * factor))).toBeLessThan(1e-6);
    expect(relativeError(results['z'] ?? [], Float64Array.of(12 * factor))).toBeLessThan(1e-6);
  });

  it('leaves gradients below the limit bit-equal', async () => {
    const [x] = clipByGlobalNorm([a, b, c], 20).gradients as [Value];
    expect((await runOnce(graphOf({ x }), { ...feeds }))['x']).toEqual(feeds.a);
  });

  it('leaves zero gradients zero', async () => {
    const [x] = clipByGlobalNorm([a], 1).gradients as [Value];
    const results = await runOnce(graphOf({ x, norm: globalNorm([a]) }), { a: new Float32Array(2) });
    expect(results).toEqual({ x: new Float32Array(2), norm: new Float32Array(1) });
  });
});

async function factors(schedule: Schedule, at: readonly number[]): Promise<number[]> {
  const step = input('step', [at.length]);
  const { y } = await runOnce(graphOf({ y: schedule(step) }), { step: Float32Array.from(at) });
  return Array.from(y ?? [], Number);
}

describe('a schedule', () => {
  const at = [0, 1, 2, 3, 4, 5, 8, 10, 11, 50];

  it.each<[string, Schedule, (step: number) => number]>([
    ['of warm-up rises linearly, then stays', warmUp(4), (t) => Math.min(t / 4, 1)],
    ['of no warm-up is one from the first step', warmUp(0), (t) => Math.min(t, 1)],
    ['of cosine decay', cosineDecay(10), (t) => (1 + Math.cos(Math.PI * Math.min(t / 10, 1))) / 2],
    [
      'of cosine decay ends at its floor',
      cosineDecay(8, 0.1),
      (t) => 0.1 + 0.45 * (1 + Math.cos(Math.PI * Math.min(t / 8, 1))),
    ],
    [
      'of cosine decay over no steps is at its end from the first',
      cosineDecay(0, 0.1),
      (t) => (t < 1 ? 1 : 0.1),
    ],
    [
      'is the product of several',
      product(warmUp(5), cosineDecay(10)),
      (t) => (Math.min(t / 5, 1) * (1 + Math.cos(Math.PI * Math.min(t / 10, 1)))) / 2,
    ],
  ])('%s', async (_title, schedule, formula) => {
    expect(relativeError(await factors(schedule, at), Float64Array.from(at, formula))).toBeLessThan(1e-6);
  });
});

it('a moving average warms up, then decays as told', async () => {
  const names = ['average', 'parameter', 'step'] as const;
  const [average, parameter, step] = names.map((name) => input(name, [])) as [Value, Value, Value];
  const graph = graphOf({ next: movingAverage(average, parameter, step, 0.99) });
  await using session = await Session.compile(graph, { threads: 1 });
  let [actual, expected] = [1, 1];
  for (const [t, value] of [
    [1, 2],
    [2, -1],
    [3, 5],
    [10_000, 4],
  ] as const) {
    const results = await session.run({ average: float(actual), parameter: float(value), step: float(t) });
    actual = Number(results['next']?.[0]);
    const decay = Math.min(0.99, (1 + t) / (10 + t));
    expected = decay * expected + (1 - decay) * value;
    expect(actual).toBeCloseTo(expected, 5);
  }
});

describe('a linear regression converges', () => {
  const truth = [1.5, -2, 0.5, 0.25];
  const random = new Random(21);
  const x = Float32Array.from({ length: 32 * 3 }, () => random.normal());
  const y = Float32Array.from({ length: 32 }, (_, row) => {
    const features = Array.from({ length: 3 }, (_unused, i) => x[row * 3 + i] as number);
    return features.reduce((sum, feature, i) => sum + feature * (truth[i] as number), truth[3] as number);
  });

  /** The whole of a step in one graph: loss, gradients, clipping, schedule, update; and what to feed at first. */
  function trainingStep(
    optimizer: Optimizer,
    rate: Schedule,
  ): { graph: Graph; feeds: Record<string, HostArray> } {
    const scope = Scope.root();
    const step = input('step', []);
    const loss = reduceMean(square(sub(linear(scope, input('x', [32, 3]), 1), input('y', [32, 1]))));
    const values = [...scope.parameters.values()];
    const { gradients: clipped } = clipByGlobalNorm(gradient(loss, values), 10);
    const outputs: Record<string, Value> = { loss };
    const feeds: Record<string, HostArray> = { x, y };
    values.forEach((parameter, i) => {
      const keys = optimizer.slots.map((slot) => `${nameOf(parameter)}.${slot}`);
      const state = keys.map((key) => input(key, parameter.shape));
      const slice = { step, learningRate: rate(step), parameter, gradient: clipped[i] as Value, state };
      const updated = optimizer.update(slice);
      const pairs = [
        [nameOf(parameter), updated.parameter],
        ...keys.map((key, k) => [key, updated.state[k]]),
      ];
      for (const [key, value] of pairs as [string, Value][]) {
        outputs[`next.${key}`] = value;
        feeds[key] = new Float32Array(parameter.shape.reduce((a, b) => a * b));
      }
    });
    return { graph: graphOf(outputs, values), feeds };
  }

  async function train(optimizer: Optimizer, rate: Schedule): Promise<{ losses: number[]; found: number[] }> {
    const { graph, feeds } = trainingStep(optimizer, rate);
    await using session = await Session.compile(graph, { threads: 1 });
    const losses: number[] = [];
    for (let t = 1; t <= 150; t++) {
      const { loss, ...next } = await session.run({ ...feeds, step: float(t) });
      losses.push(Number(loss?.[0]));
      for (const [name, value] of Object.entries(next)) feeds[name.replace('next.', '')] = value;
    }
    return { losses, found: ['weight', 'bias'].flatMap((name) => Array.from(feeds[name] ?? [], Number)) };
  }

  it.each<[string, Optimizer, number]>([
    ['sgd', sgd(), 0.4],
    ['sgd with momentum', sgd({ momentum: 0.8 }), 0.1],
    ['adamW', adamW({ weightDecay: 0 }), 0.15],
  ])('by %s', async (_title, optimizer, rate) => {
    const schedule = product(warmUp(5), cosineDecay(150, 0.05));
    const { losses, found } = await train(optimizer, (step) => scale(schedule(step), rate));
    expect(losses[0]).toBeGreaterThan(3);
    expect(losses.at(-1)).toBeLessThan(1e-6);
    expect(relativeError(found, Float64Array.from(truth))).toBeLessThan(1e-3);
  });
});
