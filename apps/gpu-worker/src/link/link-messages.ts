// What the main thread and the link's thread say to each other.
import type {
  AcceptFrame,
  BeatFrame,
  CancelFrame,
  DrainFrame,
  DrainingFrame,
  LeaseRef,
  OfferFrame,
  PreviewFrame,
  ReadyFrame,
  RevokeFrame,
} from '@darkroom/shared/contracts/frames';
import type { Family } from '../metrics/family.ts';
import type { EndFrame } from './end-frame.ts';

/** A running lease and how far it is. */
export type RunningLease = BeatFrame['leases'][number];

/** From the main thread, which runs the jobs. */
export type ToLink =
  | { readonly kind: 'accept'; readonly frame: AcceptFrame }
  /** Room for jobs, at the start and after every change. */
  | { readonly kind: 'ready'; readonly frame: ReadyFrame }
  | { readonly kind: 'draining'; readonly frame: DrainingFrame }
  | { readonly kind: 'running'; readonly lease: RunningLease; readonly deadlineAtMs: number }
  | { readonly kind: 'preview'; readonly frame: PreviewFrame; readonly bytes: Uint8Array }
  /** The lease is over: keep this until the pool has it. */
  | { readonly kind: 'end'; readonly frame: EndFrame }
  /** The lease is over, and nobody wants to know. */
  | { readonly kind: 'dropped'; readonly lease: LeaseRef }
  /** Figures of the jobs. */
  | { readonly kind: 'metrics'; readonly families: readonly Family[] }
  /** Say good-bye and end the thread. */
  | { readonly kind: 'close' };

/** A frame of the pool that the runner acts on. */
export type PoolOrder = OfferFrame | CancelFrame | RevokeFrame | DrainFrame;

/** From the link's thread. */
export type FromLink =
  | { readonly kind: 'order'; readonly frame: PoolOrder }
  /** How many ends the pool has not acknowledged, and how many the thread has heard of in all. */
  | { readonly kind: 'kept'; readonly count: number; readonly endsHeard: number }
  /** Where health and metrics answer. */
  | { readonly kind: 'listening'; readonly port: number }
  /** Results can no longer be kept on disk. */
  | { readonly kind: 'disk-failed' };
