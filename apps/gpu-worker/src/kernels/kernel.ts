// What a kernel is: one kind of job from its contract to its pictures and findings, as a stream of events.
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { Job } from '@darkroom/shared/contracts/job';
import type { JobKind, PictureKind, VisionKind } from '@darkroom/shared/contracts/job-request';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import type { DiffusionModel } from '../diffusion/diffusion-model.ts';
import type { Raster } from '../image/raster.ts';
import type { ModelStore } from '../runtime/model-store.ts';
import type { VisionModels } from '../vision/open-vision-model.ts';
import type { MaskReport } from './mask.ts';

/** What a running job tells: steps, previews, what it found out, finished pictures. */
export type JobEvent =
  | {
      readonly kind: 'progress';
      /** Denoising steps done, of all pictures together. */
      readonly step: number;
      readonly steps: number;
      /** Share of the whole job that is done, 0 … 100. */
      readonly pct: number;
    }
  | {
      readonly kind: 'preview';
      readonly step: number;
      readonly bytes: Uint8Array;
      readonly mime: 'image/webp';
    }
  | { readonly kind: 'result'; readonly result: JobResult }
  | {
      readonly kind: 'output';
      /** Which of the job's pictures, from 0. */
      readonly index: number;
      readonly bytes: Uint8Array;
      readonly mime: 'image/png' | 'image/jpeg' | 'image/webp';
      readonly width: number;
      readonly height: number;
      /** For jobs with a mask: that nothing outside it changed. */
      readonly maskReport?: MaskReport;
    };

/** What a worker lends to a kernel. */
export interface KernelContext {
  readonly store: ModelStore;
  /** The model of that id, or the embedded one for this kind of job. @throws model_required, model_not_found */
  readonly model: (id: string | undefined, kind: PictureKind) => Promise<DiffusionModel>;
  /** The model that looks, of that id, or the embedded one for this kind of job. @throws model_required, model_not_found */
  readonly vision: <K extends VisionKind>(id: string | undefined, kind: K) => Promise<VisionModels[K]>;
  /** The stored bytes of an image. */
  readonly read: (image: ImageRef) => Promise<Uint8Array>;
  /** Decodes a file that came from outside. @throws unsupported_media, image_too_large, image_corrupt, poison */
  readonly decode: (bytes: Uint8Array) => Promise<Raster>;
  /** Every how many steps a preview is decoded; absent = never. */
  readonly previewEvery?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The job of one kind. */
export type JobOf<K extends JobKind> = Extract<Job, { readonly kind: K }>;
/** Runs jobs of one kind. */
export type Kernel<J extends Job = Job> = (job: J, context: KernelContext) => AsyncIterable<JobEvent>;
