/** Which pictures a job makes: known when it is asked for, so that each has its place before it runs. */
import type { Job } from './job.ts';
import { type JobRequest, jobKinds } from './job-request.ts';

/** What pictures show that are no edit: a mask, or one of three label maps. */
export const outputNames = ['mask', 'semantic', 'instance', 'panoptic'] as const;
export type OutputName = (typeof outputNames)[number];

export type OutputMime = 'image/png' | 'image/jpeg' | 'image/webp';

/** The place of one picture. */
export interface OutputPlan {
  readonly mime: OutputMime;
  /** Absent = the picture that was asked for. */
  readonly name?: OutputName;
}

const mimes = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp' } as const;
const labelMaps: readonly OutputName[] = ['semantic', 'instance', 'panoptic'];

const mapOf = (name: OutputName): OutputPlan => ({ mime: 'image/png', name });

/** The pictures that a job makes, in order; a job that only finds something out makes none. */
export function plannedOutputs(job: Job | JobRequest): readonly OutputPlan[] {
  switch (job.kind) {
    case 'edit':
    case 'generate':
    case 'img2img':
    case 'inpaint':
      return Array.from({ length: job.count }, () => ({ mime: mimes[job.format] }));
    case 'segment':
      return [mapOf('mask')];
    case 'detect':
      return job.labelMaps ? labelMaps.map(mapOf) : [];
    case 'caption':
    case 'similarity':
      return [];
    default:
      throw new TypeError(
        `kind: expected one of ${jobKinds.join(', ')}, got ${(job satisfies never as { kind: string }).kind}`,
      );
  }
}
