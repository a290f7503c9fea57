/**
 * What a worker and its pool say to each other over the socket that the worker dialled.
 *
 * A lease is named by its job and its fence: each offer of a job carries a higher fence, and only the highest may commit.
 * Every frame that ends a lease (`done`, `fail`, `canceled`, `reject`) is answered by an `ack`; until then the worker
 * keeps it and says it again after each reconnect, right behind its `hello`.
 */
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../errors.ts';
import { JobId } from '../ids.ts';
import { maxImageBytes, Sha256 } from './image-ref.ts';
import { Job } from './job.ts';
import { jobKinds } from './job-request.ts';
import { JobResult, maxResultBytes } from './job-result.ts';

/** How often a worker beats. */
export const heartbeatMs = 5_000;
/** How long a lease lasts without a beat that names it: three missed beats and some slack. */
export const leaseMs = 20_000;
/** How long a worker may take to stop a job that was canceled. */
export const cancelGraceMs = 5_000;
/** Bytes of one preview, at most; it follows its announcement as the next binary message. */
export const maxPreviewBytes: number = 64 * 2 ** 10;

const utf8 = new TextEncoder();
const anHourMs = 3_600_000;
const aDayMs = 24 * anHourMs;

const jobId = JobId.describe('Job that is leased; required.');
const fence = z.int().min(1).describe('Fence of the lease: which offer of the job this is about; required.');
const lease = { jobId, fence };

/** A lease as both sides name it. */
export const LeaseRef = z.strictObject(lease);
export type LeaseRef = z.infer<typeof LeaseRef>;

const step = z.int().min(0).max(1_000_000).describe('Denoising or training steps done; required.');
const stepsDone = step.describe('Steps done before the end, which is what may be billed; required.');
const slots = z.int().min(0).max(64);
const objectKey = z.string().min(1).max(512);
const modelId = z.string().min(1).max(128);
const address = z.url({ protocol: /^https?$/ }).max(4096);
const mime = z.enum(['image/png', 'image/jpeg', 'image/webp']);
const pixels = z.int().min(1).max(65_535);
const pixelCount = z.int().min(0);
const durationMs = z.number().min(0).max(aDayMs);

/** First frame of every connection; a worker that reconnects asserts its leases with it. */
export const HelloFrame = z.strictObject({
  type: z.literal('hello').describe('Kind of frame: who dials.'),
  version: z.literal(1).describe('Version of the protocol; required.'),
  workerId: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,63}$/, 'expected 1 to 64 letters, digits, dots, dashes or underscores')
    .describe('Name of the worker, the same after every restart; required.'),
  bootId: z
    .uuid()
    .describe('Drawn at each start of the process: another one means that the old one died; required.'),
  pool: z.string().min(1).max(64).describe('Pool that it wants to serve; required.'),
  device: z.string().min(1).max(128).describe('What it computes on, in words; required.'),
  memoryMb: z.int().min(0).max(1_048_576).describe('Memory for models, in MiB; required.'),
  slots: slots.min(1).describe('Jobs that it can run at once, 1 to 64; required.'),
  models: z
    .array(
      z.strictObject({
        id: modelId.describe('Id of the model.'),
        sha256: Sha256.nullable().describe('SHA-256 of its weights; null = not read yet.'),
        kinds: z.array(z.enum(jobKinds)).max(16).describe('Kinds of job that it can run.'),
      }),
    )
    .max(256)
    .describe('Models that it can run; required.'),
  leases: z
    .array(LeaseRef)
    .max(128)
    .describe('Leases whose end the pool has not acknowledged: still running, or ended and kept; required.'),
});
export type HelloFrame = z.infer<typeof HelloFrame>;

/** Credit: how many more offers the worker takes. Sent after `hello` and whenever a slot becomes free. */
export const ReadyFrame = z.strictObject({
  type: z.literal('ready').describe('Kind of frame: there is room.'),
  freeSlots: slots.describe('Slots free now, 0 to 64; replaces what was said before; required.'),
  resident: z.array(modelId).max(256).describe('Models in memory, which start at once; required.'),
});
export type ReadyFrame = z.infer<typeof ReadyFrame>;

/** The worker takes an offer. */
export const AcceptFrame = z.strictObject({
  type: z.literal('accept').describe('Kind of frame: the offer is taken.'),
  ...lease,
});
export type AcceptFrame = z.infer<typeof AcceptFrame>;

/** The worker gives a job back, offered or begun; the attempt does not count. */
export const RejectFrame = z.strictObject({
  type: z.literal('reject').describe('Kind of frame: the job is given back.'),
  ...lease,
  reason: z
    .enum(['busy', 'draining'])
    .describe('Why: no free slot, or the worker is about to stop; required.'),
});
export type RejectFrame = z.infer<typeof RejectFrame>;

/** Sign of life: renews the leases that it names, and tells how far they are. */
export const BeatFrame = z.strictObject({
  type: z.literal('beat').describe('Kind of frame: the worker lives.'),
  leases: z
    .array(
      LeaseRef.extend({
        step,
        steps: step.describe('Steps in all; 0 = not known yet.'),
        etaMs: z
          .int()
          .min(0)
          .max(aDayMs)
          .nullable()
          .describe('Expected time to the end, in milliseconds; null = not known yet.'),
      }),
    )
    .max(64)
    .describe('Every lease that is running; required.'),
});
export type BeatFrame = z.infer<typeof BeatFrame>;

/** Announces a preview: the next binary message is a WebP picture of that many bytes. */
export const PreviewFrame = z.strictObject({
  type: z.literal('preview').describe('Kind of frame: a preview follows.'),
  ...lease,
  step,
  sizeBytes: z.int().min(1).max(maxPreviewBytes).describe('Size of the picture, up to 64 KiB; required.'),
});
export type PreviewFrame = z.infer<typeof PreviewFrame>;

/** One picture that lies in the image store. */
export const OutputObject = z.strictObject({
  key: objectKey.describe('Key of the object, as the offer gave it; required.'),
  sha256: Sha256.describe('SHA-256 of the bytes; required.'),
  sizeBytes: z.int().min(1).max(maxImageBytes).describe('Size in bytes; required.'),
  mime: mime.describe('Media type; required.'),
  width: pixels.describe('Width in pixels; required.'),
  height: pixels.describe('Height in pixels; required.'),
  maskReport: z
    .strictObject({
      insidePixels: pixelCount.describe('Pixels that may change, wholly or in part.'),
      outsidePixels: pixelCount.describe('Pixels that may not.'),
      changedOutside: pixelCount.describe('Of these, how many differ from the photo.'),
      lossless: z.boolean().describe('Whether the file holds exactly these pixels.'),
    })
    .describe(
      'What changed outside of the mask or region, as the file decodes; absent = the whole photo could change.',
    )
    .optional(),
});
export type OutputObject = z.infer<typeof OutputObject>;

/** The job is finished and its pictures are stored. */
export const DoneFrame = z.strictObject({
  type: z.literal('done').describe('Kind of frame: the job is finished.'),
  ...lease,
  outputs: z.array(OutputObject).max(8).describe('The pictures, in the order of the offer; required.'),
  result: JobResult.refine(
    (result) => utf8.encode(JSON.stringify(result)).length <= maxResultBytes,
    `expected at most ${maxResultBytes} bytes of JSON`,
  )
    .describe('What it found out, up to 1 MiB of JSON; absent = its kind makes pictures only.')
    .optional(),
  model: z
    .strictObject({
      id: modelId.describe('Id of the model that ran.'),
      sha256: Sha256.describe('SHA-256 of its weights.'),
    })
    .describe('What made the pictures; required.'),
  metrics: z
    .strictObject({
      computeMs: durationMs.describe('Time that the slot was busy, without loading, in milliseconds.'),
      loadMs: durationMs.describe('Time for loading models, in milliseconds; 0 = they were resident.'),
      peakMemoryMb: z.int().min(0).max(1_048_576).describe('Most memory in use, in MiB; 0 = not measured.'),
      steps: step.describe('Steps done, of all pictures together.'),
    })
    .describe('What it took; required.'),
});
export type DoneFrame = z.infer<typeof DoneFrame>;

/** What is wrong in machine-readable form. */
export const FailDetails = z.strictObject({
  field: z.string().min(1).max(200).describe('Path of the field of the request that is wrong.'),
});
export type FailDetails = z.infer<typeof FailDetails>;

/** The job failed on this worker. */
export const FailFrame = z.strictObject({
  type: z.literal('fail').describe('Kind of frame: the job failed.'),
  ...lease,
  class: z
    .enum(['retryable', 'permanent', 'oom', 'poison'])
    .describe(
      'What to do: try elsewhere; give up; try once more with less memory; give up and keep the job for inspection, as its input broke the process that worked on it; required.',
    ),
  code: z.enum(errorCodes as [ErrorCode]).describe('Code from the closed error table; required.'),
  detail: z.string().max(2000).describe('What was expected, what came, of which field; required.'),
  details: FailDetails.describe('The same for programs; absent = no field is to blame.').optional(),
  stepsDone,
});
export type FailFrame = z.infer<typeof FailFrame>;

/** The job was stopped as the pool asked. */
export const CanceledFrame = z.strictObject({
  type: z.literal('canceled').describe('Kind of frame: the job is stopped.'),
  ...lease,
  stepsDone,
});
export type CanceledFrame = z.infer<typeof CanceledFrame>;

/** The worker is about to stop: no more offers, and what it cannot finish comes back by `reject`. */
export const DrainingFrame = z.strictObject({
  type: z.literal('draining').describe('Kind of frame: the worker is about to stop.'),
  graceMs: z
    .int()
    .min(0)
    .max(anHourMs)
    .describe('Time until it stops, in milliseconds, up to an hour; required.'),
});
export type DrainingFrame = z.infer<typeof DrainingFrame>;

/** A state of a long job from which another worker can go on. */
export const CheckpointFrame = z.strictObject({
  type: z.literal('checkpoint').describe('Kind of frame: progress is stored.'),
  ...lease,
  key: objectKey.describe('Key of the stored state; required.'),
  step,
});
export type CheckpointFrame = z.infer<typeof CheckpointFrame>;

/** Everything that a worker says. */
export const WorkerFrame = z.discriminatedUnion('type', [
  HelloFrame,
  ReadyFrame,
  AcceptFrame,
  RejectFrame,
  BeatFrame,
  PreviewFrame,
  DoneFrame,
  FailFrame,
  CanceledFrame,
  DrainingFrame,
  CheckpointFrame,
]);
export type WorkerFrame = z.infer<typeof WorkerFrame>;

/** A job for the worker, which accepts or rejects it at once. */
export const OfferFrame = z.strictObject({
  type: z.literal('offer').describe('Kind of frame: a job for the worker.'),
  version: z.literal(1).describe('Version of the protocol; required.'),
  ...lease,
  attempt: z.int().min(1).max(3).describe('Which attempt at the job this is, 1 to 3; required.'),
  job: Job.describe('The job; required.'),
  requestId: z
    .string()
    .regex(/^[\w-]{1,128}$/, 'expected 1 to 128 letters, digits, dashes or underscores')
    .describe('Id of the request that asked for the job, for the worker’s log; absent = not known.')
    .optional(),
  deadlineInMs: z
    .int()
    .min(0)
    .max(aDayMs)
    .describe('Time from receipt by which the job must have ended, in milliseconds; required.'),
  smaller: z.boolean().describe('Whether to use less memory, as the last attempt ran out of it; required.'),
  previewEvery: z
    .int()
    .min(0)
    .max(150)
    .describe('Every how many steps to send a preview; 0 = never; required.'),
  inputs: z
    .record(objectKey, address.describe('Where to GET the image, for a limited time.'))
    .refine((inputs) => Object.keys(inputs).length <= 16, 'expected at most 16 images')
    .describe('Address of every image of the job, by its key, at most 16; required.'),
  outputs: z
    .array(
      z.strictObject({
        key: objectKey.describe('Key under which the picture will lie.'),
        url: address.describe('Where to PUT the picture, for a limited time.'),
        mime: mime.describe('Content type of the PUT.'),
      }),
    )
    .max(8)
    .describe('Where each picture goes, in order; required.'),
  resume: z
    .strictObject({
      url: address.describe('Where to GET the stored state, for a limited time.'),
      step: step.describe('Steps that it holds.'),
    })
    .nullable()
    .describe('Checkpoint to go on from; null = begin anew.'),
});
export type OfferFrame = z.infer<typeof OfferFrame>;

/** Stop the job at its next step and say `canceled`. */
export const CancelFrame = z.strictObject({
  type: z.literal('cancel').describe('Kind of frame: stop at the next step.'),
  ...lease,
});
export type CancelFrame = z.infer<typeof CancelFrame>;

/** The lease is no longer the worker’s: drop the job and its result; a worker that cannot stop it restarts itself. */
export const RevokeFrame = z.strictObject({
  type: z.literal('revoke').describe('Kind of frame: the lease is over.'),
  ...lease,
});
export type RevokeFrame = z.infer<typeof RevokeFrame>;

/** Take no more jobs, finish those that are running, and stop. */
export const DrainFrame = z.strictObject({
  type: z.literal('drain').describe('Kind of frame: finish and stop.'),
});
export type DrainFrame = z.infer<typeof DrainFrame>;

/** Answer to a frame that ended a lease: the worker may forget it. */
export const AckFrame = z.strictObject({
  type: z.literal('ack').describe('Kind of frame: the end of the lease is known.'),
  ...lease,
  verdict: z
    .enum(['accepted', 'stale'])
    .describe('Whether it counted, or came from a lease that was already over; required.'),
});
export type AckFrame = z.infer<typeof AckFrame>;

/** Everything that a pool says. */
export const PoolFrame = z.discriminatedUnion('type', [
  OfferFrame,
  CancelFrame,
  RevokeFrame,
  DrainFrame,
  AckFrame,
]);
export type PoolFrame = z.infer<typeof PoolFrame>;
