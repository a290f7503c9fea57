import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeTinyPipeline } from '../../../../test/support/tiny-pipeline.ts';
import { openDiffusionModel } from './diffusion-model.ts';
import { digestWeights } from './weights-digest.ts';

it('stops digesting weights when its signal is aborted', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'weights-digest-'));
  await writeTinyPipeline(folder.path, { reads: 'photo', vae: 'AutoencoderKL' });
  const model = await openDiffusionModel(folder.path);
  const reason = new Error('stopped');
  await expect(digestWeights(model, AbortSignal.abort(reason))).rejects.toBe(reason);
  await expect(digestWeights(model)).resolves.toMatch(/^[0-9a-f]{64}$/);
});
