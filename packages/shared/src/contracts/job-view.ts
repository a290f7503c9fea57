/** What a client sees of its job; readers ignore fields they do not know. */
import { z } from 'zod';
import { errorCodes } from '../errors.ts';
import { JobId } from '../ids.ts';
import { FailDetails, OutputObject } from './frames.ts';
import { Sha256 } from './image-ref.ts';
import { outputNames } from './job-outputs.ts';
import { jobKinds } from './job-request.ts';
import { JobResult } from './job-result.ts';

/** The one list of state words: code, wire, database, documents. */
export const jobStates = [
  'queued',
  'starting',
  'running',
  'succeeded',
  'failed',
  'canceled',
  'expired',
  'blocked',
] as const;
export const JobState = z.enum(jobStates);
export type JobState = z.infer<typeof JobState>;

const pixels = z.int().min(1).max(65_535);
const instant = z.iso.datetime();

/** One finished picture. */
export const JobOutput = z.object({
  name: z
    .enum(outputNames)
    .describe('What it shows: a mask, or which label map; absent = the picture that was asked for.')
    .optional(),
  url: z.url().max(4096).describe('Where the picture can be fetched, for a limited time.'),
  expiresAt: instant
    .describe('When that address ends, in UTC; asking for the job gives a new one; absent = it does not end.')
    .optional(),
  width: pixels.describe('Width in pixels.'),
  height: pixels.describe('Height in pixels.'),
  mime: z.enum(['image/png', 'image/jpeg', 'image/webp']).describe('Media type.'),
  bytes: z.int().min(1).describe('Size in bytes.'),
  sha256: Sha256.describe('SHA-256 of the bytes, in lower-case hexadecimal.'),
  maskReport: z
    .object(OutputObject.shape.maskReport.unwrap().shape)
    .describe(
      'What changed outside of the mask or region, as the file decodes; absent = the whole photo could change.',
    )
    .optional(),
});
export type JobOutput = z.infer<typeof JobOutput>;

export const JobProgress = z.object({
  position: z.int().min(0).describe('Jobs ahead in the queue; 0 once it runs.'),
  step: z.int().min(0).describe('Denoising steps done.'),
  steps: z.int().min(0).describe('Denoising steps in all; 0 = not known yet.'),
  pct: z.number().min(0).max(100).describe('Share of the whole job that is done, in percent.'),
  etaMs: z
    .int()
    .min(0)
    .nullable()
    .describe('Expected time to the end, in milliseconds; null = not known yet.'),
});
export type JobProgress = z.infer<typeof JobProgress>;

export const JobView = z.object({
  id: JobId.describe('Id of the job.'),
  kind: z.enum(jobKinds).describe('Kind of job.'),
  status: JobState.describe('State of the job.'),
  outputs: z
    .array(JobOutput)
    .max(8)
    .describe('The finished pictures; empty until it succeeded, and for kinds that make none.'),
  prompt: z
    .object({
      original: z.string().max(1000).describe('The client’s own words.'),
      enhanced: z
        .string()
        .max(2000)
        .nullable()
        .describe('The reworded prompt that was used; null = the original.'),
      notes: z
        .array(z.string().min(1).max(200))
        .max(10)
        .describe('Why it was reworded, or was not; absent = nobody said.')
        .optional(),
      negative: z
        .string()
        .min(1)
        .max(200)
        .describe('What the picture should not show, where the client did not say; absent = nothing.')
        .optional(),
      rewriter: z
        .string()
        .min(1)
        .max(200)
        .describe('Who decided: none, rules, or the name of a rewriter; absent = nobody said.')
        .optional(),
    })
    .describe('The words behind the picture; absent = its kind only looks at one.')
    .optional(),
  seed: z
    .int()
    .min(0)
    .describe('Seed of the noise; the same seed gives the same picture; absent = its kind draws none.')
    .optional(),
  result: JobResult.nullable()
    .describe(
      'What it found out; null until it succeeded, and for kinds that make pictures only; absent = this is one of a list, where results would be too much.',
    )
    .optional(),
  model: z
    .object({
      id: z.string().min(1).max(128).describe('Id of the model.'),
      sha256: Sha256.nullable().describe('SHA-256 of its weights; null = not loaded yet.'),
    })
    .describe('The model behind it.'),
  progress: JobProgress.describe('How far it has come.'),
  usage: z
    .object({
      microCredits: z.int().min(0).describe('Credits charged, in millionths; 0 until it ends.'),
      priceId: z.string().min(1).max(64).describe('Price table by which it was priced when it was accepted.'),
    })
    .describe('What it cost.'),
  error: z
    .object({
      code: z.enum(errorCodes as [(typeof errorCodes)[number]]).describe('Code from the closed error table.'),
      detail: z.string().max(2000).describe('What was expected, what came, of which field.'),
      retryable: z.boolean().describe('Whether the same request may succeed later.'),
      details: z
        .object(FailDetails.shape)
        .describe('The same for programs; absent = no field is to blame.')
        .optional(),
    })
    .describe('Why it did not succeed; absent = it has not failed.')
    .optional(),
  createdAt: instant.describe('When it was accepted, in UTC.'),
  startedAt: instant.nullable().describe('When a worker began with it, in UTC; null = none has.'),
  cancelRequestedAt: instant
    .nullable()
    .describe('When someone asked to cancel it, in UTC; it may end otherwise first; null = nobody has.'),
  finishedAt: instant.nullable().describe('When it ended, in UTC; null = it has not.'),
  eraseAt: instant
    .nullable()
    .describe('When it is erased with its pictures, in UTC; null = when someone deletes it.'),
});
export type JobView = z.infer<typeof JobView>;
