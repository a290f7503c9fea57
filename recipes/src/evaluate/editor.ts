/** Edits a picture through the worker's own kernel: the road that a user's photo takes, PNG in and PNG out. */
import { openDiffusionModel } from '@darkroom/gpu-worker/diffusion/diffusion-model';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { runJob } from '@darkroom/gpu-worker/kernels/index';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
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
    const bytes = await encodeImage(toRaster(image), { format: 'png' });
    const job = Job.parse({
      version: 1,
      kind: 'edit',
      id: `job_${'0'.repeat(26)}`,
      createdAtMs: 0,
      prompt: { original: instruction, enhanced: null },
      image: { key: 'evaluation', sha256: '0'.repeat(64), sizeBytes: bytes.length, mime: 'image/png' },
      format: 'png',
      seed,
      ...settings,
    });
    for await (const event of runJob(job, { store, model: async () => model, read: async () => bytes })) {
      if (event.kind === 'output') return toPixels(await decodeImage(event.bytes));
    }
    throw new Error('the kernel gave no picture');
  };
}

function toRaster({ width, height, data }: Pixels): {
  width: number;
  height: number;
  channels: 3;
  data: Uint8Array;
} {
  return {
    width,
    height,
    channels: 3,
    data: Uint8Array.from(data, (value) => Math.round(255 * Math.min(1, Math.max(0, value)))),
  };
}

function toPixels({
  width,
  height,
  data,
  channels,
}: {
  width: number;
  height: number;
  data: Uint8Array;
  channels: number;
}): Pixels {
  const out = new Float32Array(width * height * 3);
  for (let i = 0; i < out.length; i++)
    out[i] = (data[Math.floor(i / 3) * channels + (i % 3)] as number) / 255;
  return { width, height, data: out };
}
