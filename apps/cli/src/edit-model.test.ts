import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestWeights } from '@darkroom/gpu-worker/diffusion/weights-digest';
import { expect, it } from 'vitest';
import { writeTinyPipeline } from '../../../test/support/tiny-pipeline.ts';
import { openNamedModel } from './edit-model.ts';

it('stops digesting weights when its signal is aborted', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'edit-model-'));
  await writeTinyPipeline(folder.path, { reads: 'photo', vae: 'AutoencoderKL' });
  const { model } = await openNamedModel(folder.path, folder.path);
  const reason = new Error('stopped');
  await expect(digestWeights(model, AbortSignal.abort(reason))).rejects.toBe(reason);
  await expect(digestWeights(model)).resolves.toMatch(/^[0-9a-f]{64}$/);
});
