import {
  CanceledFrame,
  DoneFrame,
  FailFrame,
  type LeaseRef,
  RejectFrame,
} from '@darkroom/shared/contracts/frames';
import { z } from 'zod';

/** The frames that end a lease; a worker keeps them until the pool has acknowledged them. */
export const EndFrame = z.discriminatedUnion('type', [DoneFrame, FailFrame, CanceledFrame, RejectFrame]);
export type EndFrame = z.infer<typeof EndFrame>;

/** The lease alone. */
export function leaseOf({ jobId, fence }: LeaseRef): LeaseRef {
  return { jobId, fence };
}

/** One word for a lease, as a key of maps. */
export function leaseKey({ jobId, fence }: LeaseRef): string {
  return `${jobId}/${fence}`;
}
