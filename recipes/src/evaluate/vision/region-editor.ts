/** Edits a part of a picture through the worker's own kernel: found by words, outlined, edited, laid back. */
import { createHash } from 'node:crypto';
import { openDiffusionModel } from '@darkroom/gpu-worker/diffusion/diffusion-model';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { runJob } from '@darkroom/gpu-worker/kernels/index';
import type { JobEvent } from '@darkroom/gpu-worker/kernels/kernel';
import type { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openVisionModel, type VisionModels } from '@darkroom/gpu-worker/vision/open-vision-model';
import { Job } from '@darkroom/shared/contracts/job';
import type { VisionKind } from '@darkroom/shared/contracts/job-request';
import { toAppError } from '@darkroom/shared/errors';

type Report = NonNullable<Extract<JobEvent, { kind: 'output' }>['maskReport']>;

export interface RegionEdit {
  readonly picture: Raster;
  readonly report: Report;
}

export interface RegionFolders {
  readonly edit: string;
  readonly segment: string;
  readonly detect: string;
}

/**
 * @param words for the part that may change; absent: the instruction alone says it
 * @returns undefined where nothing in the picture fits the words
 */
export type RegionEditor = (
  photo: Raster,
  instruction: string,
  words?: string,
) => Promise<RegionEdit | undefined>;

export async function openRegionEditor(store: ModelStore, folders: RegionFolders): Promise<RegionEditor> {
  const model = await openDiffusionModel(folders.edit);
  const looking: Partial<VisionModels> = {
    segment: await openVisionModel('segment', folders.segment, store),
    detect: await openVisionModel('detect', folders.detect, store),
  };
  const vision = async <K extends VisionKind>(_: string | undefined, kind: K): Promise<VisionModels[K]> => {
    const found = looking[kind];
    if (!found) throw new TypeError(`kind: expected segment or detect, got ${kind}`);
    return found as VisionModels[K];
  };
  return async (photo, instruction, words) => {
    const bytes = await encodeImage(photo, { format: 'png' });
    const job = jobOf(bytes, instruction, words);
    const lent = { store, model: async () => model, vision, read: async () => bytes, decode: decodeImage };
    try {
      for await (const event of runJob(job, lent)) {
        if (event.kind !== 'output') continue;
        if (!event.maskReport) return undefined;
        return { picture: await decodeImage(event.bytes), report: event.maskReport };
      }
    } catch (error) {
      if (toAppError(error).code === 'no_match') return undefined;
      throw error;
    }
    throw new TypeError('the kernel gave no picture');
  };
}

function jobOf(bytes: Uint8Array, instruction: string, words?: string): Job {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return Job.parse({
    version: 1,
    kind: 'edit',
    id: `job_${'0'.repeat(26)}`,
    createdAtMs: 0,
    prompt: { original: instruction, enhanced: null },
    image: { key: 'evaluation', sha256, sizeBytes: bytes.length, mime: 'image/png' },
    ...(words !== undefined && { region: { text: words } }),
    format: 'png',
    seed: 1,
  });
}
