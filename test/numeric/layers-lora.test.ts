/** Low-rank adapters: identity at first, equal to the fused weights, and the only thing that learns. */

import { type HostArray, Session } from '@darkroom/gpu-worker/runtime/session';
import { gradient } from '@darkroom/graph/gradient';
import { linear } from '@darkroom/graph/layers/linear';
import { type LoraOptions, lora } from '@darkroom/graph/layers/lora';
import { Scope } from '@darkroom/graph/layers/scope';
import { square, sub, tanh } from '@darkroom/graph/ops/elementwise';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { graphOf, input, nameOf, storedParameters, type Value } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../support/op-case.ts';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const random = new Random(17);
const numbers = (size: number): Float32Array =>
  Float32Array.from({ length: size }, () => random.normal() / 2);
const sizeOf = ({ shape }: Value): number => shape.reduce((a, b) => a * b, 1);

const base = {
  'attn.to_q.weight': numbers(20),
  'attn.to_q.bias': numbers(5),
  'attn.to_out.weight': numbers(20),
  'attn.to_out.bias': numbers(4),
};
const x = numbers(12);
const options: LoraOptions = { rank: 2, alpha: 3, strength: 0.5, targets: (name) => name.includes('to_q') };

/** Two layers [3, 4] -> [3, 5] -> [3, 4], of which an adapter may target the first. */
function network(scope: Scope): Value {
  const hidden = tanh(linear(scope.child('attn', 'to_q'), input('x', [3, 4]), 5));
  return linear(scope.child('attn', 'to_out'), hidden, 4);
}

const plain = (): Float64Array =>
  evaluate(graphOf({ y: network(Scope.root()) }), { ...base, x })['y'] as Float64Array;

it('names its matrices as diffusers does, unless told otherwise', () => {
  const shown = (given: LoraOptions): [string, readonly number[]][] => {
    const { adapt, parameters } = lora(given);
    network(Scope.root({ adapt }));
    return [...parameters].map(([name, { shape }]) => [name, shape]);
  };
  expect(shown(options)).toEqual([
    ['attn.to_q.lora.down.weight', [2, 4]],
    ['attn.to_q.lora.up.weight', [5, 2]],
  ]);
  const nameOfMatrix = (weight: string, matrix: 'down' | 'up'): string => `${matrix}:${weight}`;
  expect(shown({ ...options, nameOf: nameOfMatrix }).map(([name]) => name)).toEqual([
    'down:attn.to_q.weight',
    'up:attn.to_q.weight',
  ]);
});

it('is the identity while its up matrix is zero', () => {
  const { adapt, parameters } = lora(options);
  const y = network(Scope.root({ adapt }));
  const adapter = Object.fromEntries(
    [...parameters].map(([name, value]) => [
      name,
      name.includes('.up.') ? new Float32Array(10) : numbers(sizeOf(value)),
    ]),
  );
  expect(evaluate(graphOf({ y }), { ...base, ...adapter, x })['y']).toEqual(plain());
});

describe('with trained matrices', () => {
  const { adapt, parameters } = lora(options);
  const y = network(Scope.root({ adapt }));
  const adapter = Object.fromEntries([...parameters].map(([name, value]) => [name, numbers(sizeOf(value))]));
  const adapted = evaluate(graphOf({ y }), { ...base, ...adapter, x })['y'] as Float64Array;

  it('changes the result', () => {
    expect(relativeError(plain(), adapted)).toBeGreaterThan(0.05);
  });

  it('equals the base network on fused weights', async () => {
    const [down, up] = [...parameters.keys()].map((name) => adapter[name] as Float32Array);
    const fused = base['attn.to_q.weight'].map((weight, at) => {
      const [row, column] = [Math.floor(at / 4), at % 4];
      const product = [0, 1].reduce(
        (sum, r) => sum + (up?.[row * 2 + r] ?? 0) * (down?.[r * 4 + column] ?? 0),
        0,
      );
      return weight + ((0.5 * 3) / 2) * product;
    });
    const graph = graphOf({ y: network(Scope.root()) });
    const weights = new Map(Object.entries({ ...base, 'attn.to_q.weight': fused }));
    await using session = await Session.compile(graph, { weights, threads: 1 });
    expect(relativeError((await session.run({ x }))['y'] ?? [], adapted)).toBeLessThan(1e-6);
  });

  it('is turned off by a strength of zero', () => {
    const off = lora({ ...options, strength: 0 });
    const unchanged = network(Scope.root({ adapt: off.adapt }));
    expect(evaluate(graphOf({ y: unchanged }), { ...base, ...adapter, x })['y']).toEqual(plain());
  });
});

it('learns while the base stays as it is', async () => {
  const { adapt, parameters } = lora({ ...options, targets: () => true });
  const loss = reduceMean(square(sub(network(Scope.root({ adapt })), input('target', [3, 4]))));
  const trained = [...parameters.values()];
  const optimizer = adamW({ weightDecay: 0 });
  const outputs: Record<string, Value> = { loss };
  const feeds: Record<string, HostArray> = { x, target: numbers(12), rate: Float32Array.of(0.05) };
  const [step, learningRate] = [input('step', []), input('rate', [])];
  gradient(loss, trained).forEach((flow, i) => {
    const parameter = trained[i] as Value;
    const keys = optimizer.slots.map((slot) => `${nameOf(parameter)}.${slot}`);
    const state = keys.map((key) => input(key, parameter.shape));
    const updated = optimizer.update({ step, learningRate, parameter, gradient: flow, state });
    [parameter, ...state].forEach((old, k) => {
      outputs[`next.${nameOf(old)}`] = [updated.parameter, ...updated.state][k] as Value;
      const isDown = nameOf(old).endsWith('.down.weight');
      feeds[nameOf(old)] = isDown ? numbers(sizeOf(old)) : new Float32Array(sizeOf(old));
    });
  });
  const graph = graphOf(outputs, trained);
  expect([...storedParameters(graph).keys()].sort()).toEqual(Object.keys(base).sort());
  await using session = await Session.compile(graph, { weights: new Map(Object.entries(base)), threads: 1 });
  const losses: number[] = [];
  for (let t = 1; t <= 60; t++) {
    const { loss: now, ...next } = await session.run({ ...feeds, step: Float32Array.of(t) });
    losses.push(Number(now?.[0]));
    for (const [name, value] of Object.entries(next)) feeds[name.replace('next.', '')] = value;
  }
  expect(losses.at(-1)).toBeLessThan(0.1 * (losses[0] as number));
});
