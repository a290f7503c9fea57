// What a job's stream of events tells.
import { JobProgress, JobState } from '@darkroom/shared/contracts/job-view';
import { z } from 'zod';
import type { ServerSentEvent } from './event-stream.ts';

/** One piece of news. */
export type JobNews =
  | {
      readonly kind: 'progress';
      readonly state: 'queued' | 'starting' | 'running';
      readonly progress: JobProgress;
    }
  /** A small picture of what is being made, as base64. */
  | { readonly kind: 'preview'; readonly step: number; readonly mime: string; readonly data: string }
  | { readonly kind: 'end'; readonly status: JobState };

const Preview = z.object({ step: z.int(), mime: z.string(), data: z.string() });
const End = z.object({ status: JobState });

/** What an event tells; undefined = nothing that is known here. @throws ZodError when it is not as it should be */
export function newsOf({ name, text }: ServerSentEvent): JobNews | undefined {
  switch (name) {
    case 'queued':
    case 'starting':
      return { kind: 'progress', state: name, progress: JobProgress.parse(JSON.parse(text)) };
    case 'progress':
      return { kind: 'progress', state: 'running', progress: JobProgress.parse(JSON.parse(text)) };
    case 'preview':
      return { kind: 'preview', ...Preview.parse(JSON.parse(text)) };
    default:
      return JobState.safeParse(name).success ? { kind: 'end', ...End.parse(JSON.parse(text)) } : undefined;
  }
}
