// The table of kernels: one per kind of job.
import type { Job } from '@darkroom/shared/contracts/job';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { caption } from './caption.ts';
import { detect } from './detect.ts';
import { edit } from './edit.ts';
import { generate } from './generate.ts';
import { img2img } from './img2img.ts';
import { inpaint } from './inpaint.ts';
import type { JobEvent, JobOf, Kernel, KernelContext } from './kernel.ts';
import { segment } from './segment.ts';
import { similarity } from './similarity.ts';

/** The kernel of each kind of job. */
export const kernels = { edit, generate, img2img, inpaint, segment, detect, caption, similarity } satisfies {
  readonly [K in JobKind]: Kernel<JobOf<K>>;
};

/** Runs a job; its last events are its findings and its pictures. */
export function runJob(job: Job, context: KernelContext): AsyncIterable<JobEvent> {
  // The table's row and the job carry the same kind, which the type of a lookup cannot say.
  const kernel = kernels[job.kind] as Kernel;
  return kernel(job, context);
}
