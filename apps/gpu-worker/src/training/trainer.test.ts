import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { mul, square, sub, tanh } from '@darkroom/graph/ops/elementwise';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import type { Optimizer } from '@darkroom/graph/optimizers/optimizer';
import { warmUp } from '@darkroom/graph/optimizers/schedule';
import { sgd } from '@darkroom/graph/optimizers/sgd';
import { sizeOf } from '@darkroom/graph/shape';
import { input, parameter } from '@darkroom/graph/value';
import { normals } from '@darkroom/shared/random';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Trainer, type TrainingPlan } from './trainer.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainer-'));
});
afterEach(() => rm(folder, { recursive: true }));

const rows = 8;

/** Two layers that learn a fixed map of three numbers to two. */
function plan(width = 5, changes: Partial<TrainingPlan> = {}): TrainingPlan {
  const scope = Scope.root();
  const hidden = tanh(linear(scope.child('first'), input('x', [rows, 3]), width));
  const error = sub(linear(scope.child('second'), hidden, 2), input('y', [rows, 2]));
  return {
    loss: reduceMean(square(error)),
    metrics: { largest: reduceMean(mul(error, error)) },
    parameters: scope.parameters,
    optimizer: adamW({ weightDecay: 0.01 }),
    learningRate: 0.02,
    schedule: warmUp(3),
    maxGradientNorm: 1,
    averageDecay: 0.9,
    ...changes,
  };
}

function initialOf({ parameters }: TrainingPlan, seed: number): Map<string, Float32Array> {
  let image = 0;
  return new Map(
    [...parameters].map(([name, { shape }]) => [
      name,
      normals({ seed, image: image++, step: 0, count: sizeOf(shape) }).map((value) => 0.4 * value),
    ]),
  );
}

function batchOf(step: number): Record<string, Float32Array> {
  const x = normals({ seed: 5, image: 0, step, count: rows * 3 });
  const y = Float32Array.from({ length: rows * 2 }, (_, i) => {
    const row = 3 * Math.floor(i / 2);
    return i % 2 === 0 ? (x[row] as number) - (x[row + 1] as number) : Math.sin(x[row + 2] as number);
  });
  return { x, y };
}

function open(changed = plan(), seed = 1): Promise<Trainer> {
  return Trainer.create(changed, initialOf(changed, seed));
}

async function train(trainer: Trainer, until: number): Promise<number[]> {
  const losses: number[] = [];
  while (trainer.step < until) losses.push((await trainer.advance(batchOf(trainer.step)))['loss'] as number);
  return losses;
}

async function bytesOf(trainer: Trainer, name = 'state'): Promise<Buffer> {
  const path = join(folder, `${name}.safetensors`);
  await trainer.save(path);
  return readFile(path);
}

describe('a trainer', () => {
  it('learns, and reports what it was asked to report', async () => {
    await using trainer = await open();
    const first = await trainer.advance(batchOf(0));
    const losses = await train(trainer, 150);
    expect(losses.at(-1)).toBeLessThan(0.1 * (first['loss'] as number));
    expect(first['largest']).toBe(first['loss']);
    expect(first['learning_rate']).toBeCloseTo(0.02 / 3, 8);
    expect(first['gradient_norm']).toBeGreaterThan(0);
    expect(trainer.step).toBe(150);
  });

  it('gives the same losses and the same bytes after an interruption as without one', async () => {
    await using whole = await open();
    const losses = await train(whole, 12);
    const path = join(folder, 'checkpoint.safetensors');
    const before: number[] = [];
    {
      await using interrupted = await open();
      before.push(...(await train(interrupted, 5)));
      await interrupted.save(path);
      await train(interrupted, 7); // lost with the process
    }
    await using resumed = await open(plan(), 99);
    await resumed.restore(path);
    expect(resumed.step).toBe(5);
    expect([...before, ...(await train(resumed, 12))]).toEqual(losses);
    expect(await bytesOf(resumed, 'resumed')).toEqual(await bytesOf(whole, 'whole'));
  });

  it('gives identical bytes for one seed, and other bytes for another', async () => {
    const bytes: Buffer[] = [];
    for (const seed of [3, 3, 4]) {
      await using trainer = await open(plan(), seed);
      await train(trainer, 6);
      bytes.push(await bytesOf(trainer));
    }
    expect(bytes[1]).toEqual(bytes[0]);
    expect(bytes[2]).not.toEqual(bytes[0]);
  });
});

describe('a training step', () => {
  it('keeps the moving average beside the latest weights', async () => {
    const own = plan();
    await using trainer = await open(own);
    const expected = initialOf(own, 1);
    for (let step = 1; step <= 4; step++) {
      await trainer.advance(batchOf(trainer.step));
      const decay = Math.min(0.9, (1 + step) / (10 + step));
      for (const [name, latest] of trainer.weights('latest')) {
        const average = expected.get(name) as Float32Array;
        latest.forEach((value, i) => {
          average[i] = value + decay * ((average[i] as number) - value);
        });
      }
    }
    for (const [name, average] of trainer.weights('average')) {
      const wrong = average.filter(
        (value, i) => Math.abs(value - (expected.get(name)?.[i] as number)) > 1e-6,
      );
      expect(wrong).toHaveLength(0);
    }
    expect([...trainer.weights('average').keys()]).toEqual([...own.parameters.keys()]);
  });

  it('steps along the gradient, no further than the largest norm', async () => {
    const steep = parameter('w', [2]);
    const plain: TrainingPlan = {
      loss: reduceMean(square(sub(steep, input('y', [2])))),
      parameters: new Map([['w', steep]]),
      optimizer: sgd(),
      learningRate: 0.5,
      schedule: warmUp(1),
      maxGradientNorm: 1,
    };
    await using trainer = await Trainer.create(plain, new Map([['w', Float32Array.of(0, 0)]]));
    // The gradient of the mean of (w - y)^2 is w - y: here (-3, -4), of norm 5.
    const report = await trainer.advance({ y: Float32Array.of(3, 4) });
    expect(report['gradient_norm']).toBeCloseTo(5, 5);
    const [first, second] = trainer.weights('latest').get('w') as Float32Array;
    expect(first).toBeCloseTo(0.5 * 0.6, 5);
    expect(second).toBeCloseTo(0.5 * 0.8, 5);
    expect(() => trainer.weights('average')).toThrow(/averageDecay.*w/);
  });

  it('refuses to start without a first value', async () => {
    const own = plan();
    const initial = initialOf(own, 1);
    initial.delete('second.bias');
    await expect(Trainer.create(own, initial)).rejects.toThrow('no initial value for second.bias');
  });
});

describe('a checkpoint is refused', () => {
  async function refusal(stored: TrainingPlan, opened: TrainingPlan): Promise<string> {
    const path = join(folder, 'other.safetensors');
    await using other = await open(stored);
    await other.save(path);
    await using trainer = await open(opened);
    return trainer.restore(path).then(
      () => 'restored',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  }
  const withoutAverage = (optimizer: Optimizer): TrainingPlan => {
    const { averageDecay: _, ...rest } = plan(5, { optimizer });
    return rest;
  };

  it('when a layer has another width', async () => {
    const path = join(folder, 'other.safetensors');
    expect(await refusal(plan(6), plan(5))).toBe(
      `TypeError: ${path}: expected first.weight of shape [5,3], came [6,3]`,
    );
  });

  it('when it lacks a tensor', async () => {
    expect(await refusal(withoutAverage(adamW()), plan())).toMatch(
      /expected average:first\.weight .* came none/,
    );
    expect(await refusal(withoutAverage(sgd()), withoutAverage(sgd({ momentum: 0.9 })))).toMatch(
      /expected velocity:first\.weight .* came none/,
    );
  });

  it('when it has a tensor too many', async () => {
    expect(await refusal(plan(), withoutAverage(adamW()))).toMatch(/expected no tensor average:/);
  });
});
