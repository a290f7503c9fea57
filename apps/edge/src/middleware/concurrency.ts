/** How many jobs of one key may be under way at once: each holds a slot from admission to its end. */
import { AppError } from '@darkroom/shared/errors';
import type { Principal } from '../auth/principal.ts';

/** Who holds a slot, and when it lapses by itself should nobody give it back. */
export type Slots = ReadonlyMap<string, number>;

export interface SlotRequest {
  /** Id of the job; asking twice for one job takes one slot. */
  readonly holder: string;
  readonly limit: number;
  readonly ttlMs: number;
}

/** Where slots are kept; each call changes one subject's slots as a whole. */
export interface ConcurrencyGate {
  /** Takes a slot; false when all are held. */
  enter(subject: string, request: SlotRequest): Promise<boolean>;
  /** Gives a slot back; without effect when it is not held. */
  leave(subject: string, holder: string): Promise<void>;
}

/** The slots after someone asked for one; the same holder keeps what it has and for longer. */
export function enterSlot(
  slots: Slots,
  { holder, limit, ttlMs }: SlotRequest,
  nowMs: number,
): { readonly slots: Slots; readonly isEntered: boolean } {
  const held = new Map([...slots].filter(([, untilMs]) => untilMs > nowMs));
  if (!held.has(holder) && held.size >= limit) return { slots: held, isEntered: false };
  return { slots: held.set(holder, nowMs + ttlMs), isEntered: true };
}

/** The slots after one was given back. */
export function leaveSlot(slots: Slots, holder: string): Slots {
  return new Map([...slots].filter(([held]) => held !== holder));
}

/** The name under which a caller's slots are kept. */
export function slotSubject({ identityId }: Pick<Principal, 'identityId'>): string {
  return `key:${identityId}`;
}

/**
 * Takes a slot for a job, or refuses the job.
 *
 * @throws AppError `rate_limited` when the key has as many jobs under way as it may, `dependency_unavailable` when
 *   they cannot be counted
 */
export async function requireSlot(
  gate: ConcurrencyGate,
  principal: Principal,
  job: { readonly holder: string; readonly ttlMs: number },
): Promise<void> {
  const limit = principal.limits.concurrency;
  const isEntered = await gate.enter(slotSubject(principal), { ...job, limit }).catch((cause: unknown) => {
    throw new AppError('dependency_unavailable', { cause });
  });
  if (isEntered) return;
  const message = `expected at most ${limit} jobs under way at once`;
  throw new AppError('rate_limited', { message, details: { policy: 'concurrency', limit } });
}
