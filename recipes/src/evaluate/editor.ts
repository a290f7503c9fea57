/** Edits a picture through the worker's own kernel: the road that a user's photo takes, PNG in and PNG out. */
import { createHash } from 'node:crypto';
import { openDiffusionModel } from '@darkroom/gpu-worker/diffusion/diffusion-model';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { fromFloat32Image, toFloat32Image } from '@darkroom/gpu-worker/image/raster';
import { runJob } from '@darkroom/gpu-worker/kernels/index';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { visionCatalog } from '@darkroom/gpu-worker/vision/vision-catalog';
import { Job } from '@darkroom/shared/contracts/job';
import type { Pixels } from '../pixels.ts';

export interface EditSettings {
  readonly seed?: number;
  readonly steps?: number;
  readonly guidanceScale?: number;
  readonly imageGuidanceScale?: number;
}

export type Editor = (image: Pixels, instruction: string, settings?: EditSettings) => Promise<Pixels>;

export async function openEditor(folder: string): Promise<Editor> {
  const store = new ModelStore({ budgetBytes: 2 ** 30 });
  const model = await openDiffusionModel(folder);
  return async (image, instruction, { seed = 1, ...settings } = {}) => {
    const bytes = await encodeImage(fromFloat32Image(image), { format: 'png' });
    const job = Job.parse({
      version: 1,
      kind: 'edit',
      id: `job_${'0'.repeat(26)}`,
      createdAtMs: 0,
      prompt: { original: instruction, enhanced: null },
      // What models saw of a photo is remembered by its hash.
      image: { key: 'evaluation', sha256: hashOf(bytes), sizeBytes: bytes.length, mime: 'image/png' },
      format: 'png',
      seed,
      ...settings,
    });
    const lent = {
      store,
      model: async () => model,
      vision: visionCatalog(store),
      read: async () => bytes,
      decode: decodeImage,
    };
    for await (const event of runJob(job, lent)) {
      if (event.kind === 'output') return toFloat32Image(await decodeImage(event.bytes));
    }
    throw new Error('the kernel gave no picture');
  };
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
