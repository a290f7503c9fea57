import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sizeOf } from '@darkroom/graph/shape';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openSources, writeDrawnStores } from './drawn-store.ts';
import { latentChannels } from './edit-model.ts';
import { logFigures } from './log-figures.ts';
import { fitPatchProjection } from './patch-pca.ts';
import { readProjection, writeProjection } from './projection-file.ts';
import { type TrainedVae, trainVae } from './train-vae.ts';
import { centralView } from './view.ts';

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'train-vae-'));
  await writeDrawnStores(cache, 4);
  const { photos } = await openSources(cache);
  const views = photos.entries.map((_, i) => centralView(photos.photo(i), { width: 96, height: 96 }));
  await writeProjection(join(cache, 'projection.safetensors'), fitPatchProjection(views, 8, latentChannels));
});
afterAll(() => rm(cache, { recursive: true }));

/** @param failAt the step after which the process is as good as killed */
function train(run: string, failAt = Number.POSITIVE_INFINITY): Promise<TrainedVae> {
  const plan = {
    steps: 2,
    batch: 2,
    seed: 1,
    learningRate: 1e-3,
    folder: join(cache, run),
    cache,
    projection: join(cache, 'projection.safetensors'),
    saveEvery: 1,
  };
  return trainVae(plan, (step) => {
    if (step === failAt) throw new Error('stopped');
  });
}

it('an interrupted training of the autoencoder ends with the same weights and the same log', async () => {
  const whole = await train('whole');
  await expect(train('stopped', 2)).rejects.toThrow('stopped');
  const resumed = await train('stopped');
  expect([...resumed.weights.keys()]).toEqual([...whole.weights.keys()]);
  for (const [name, values] of whole.weights) expect(resumed.weights.get(name), name).toEqual(values);
  const log = await logFigures(join(cache, 'stopped'));
  expect(log).toEqual(await logFigures(join(cache, 'whole')));
  expect(log).toHaveLength(2);

  // The encoder is the projection, and every weight has the shape under which it is exported.
  const { weight, bias } = await readProjection(join(cache, 'projection.safetensors'));
  expect(whole.weights.get('encoder.patch.weight')).toEqual(weight);
  expect(whole.weights.get('encoder.patch.bias')).toEqual(bias);
  for (const [name, values] of whole.weights)
    expect(sizeOf(whole.shapes.get(name) ?? []), name).toBe(values.length);
}, 120_000);
