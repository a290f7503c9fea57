/** A worker process and its wire as the model test imagines them. */
import type { LeaseRef, PoolFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import type { JobFacts } from './pool-rows.ts';
import { bootIdOf, helloOf, leaseOn } from './test-pool.ts';

export type EndFrame = Extract<WorkerFrame, { readonly type: 'done' | 'fail' | 'canceled' | 'reject' }>;
/** A frame of the pool; an offer before its addresses are signed. */
type SentFrame = PoolFrame | { readonly type: 'offer'; readonly facts: JobFacts };

const nameOf = ({ jobId, fence }: LeaseRef) => `${jobId}/${fence}`;

/** A worker process and its wire, with frames under way in both directions. */
export class WorkerProcess {
  readonly slots: number;
  readonly id: string;
  boot = 1;
  isUp = true;
  isDialled = false;
  isMute = false;
  isDraining = false;
  readonly running = new Map<string, JobFacts>();
  readonly journal = new Map<string, EndFrame>();
  /** Every end that it ever reported: what a duplicate may repeat. */
  readonly said: EndFrame[] = [];
  resident: string[] = [];
  up: WorkerFrame[] = [];
  down: SentFrame[] = [];

  constructor(index: number) {
    this.id = `w${index}`;
    this.slots = 1 + (index % 2);
  }

  say(...frames: WorkerFrame[]): void {
    if (this.isDialled) this.up.push(...frames);
  }

  sayReady(): void {
    const freeSlots = this.isDraining ? 0 : this.slots - this.running.size;
    this.say({ type: 'ready', freeSlots, resident: this.resident });
  }

  hangUp(): void {
    this.isDialled = false;
    this.up = [];
    this.down = [];
  }

  dial(): void {
    this.hangUp();
    if (!this.isUp) return;
    this.isDialled = true;
    const leases = [...[...this.running.values()].map(leaseOn), ...this.journal.values()];
    this.say(
      helloOf(this.id, {
        bootId: bootIdOf(this.boot),
        slots: this.slots,
        leases: leases.map(({ jobId, fence }) => ({ jobId, fence })),
      }),
      ...this.journal.values(),
    );
    if (this.isDraining) this.say({ type: 'draining', graceMs: 10_000 });
    this.sayReady();
  }

  /** Ends a lease; it is kept until it is acknowledged. */
  end(frame: EndFrame): void {
    this.running.delete(nameOf(frame));
    this.journal.set(nameOf(frame), frame);
    this.said.push(frame);
    this.say(frame);
    this.sayReady();
  }

  die(keepsJournal: boolean): void {
    this.isUp = false;
    this.running.clear();
    if (!keepsJournal) this.journal.clear();
    this.isDialled = false;
    this.down = [];
  }

  start(): void {
    if (this.isUp) return;
    this.boot += 1;
    this.isUp = true;
    this.isMute = false;
    this.isDraining = false;
    this.dial();
  }

  hear(frame: SentFrame): void {
    if ('facts' in frame) {
      const lease = leaseOn(frame.facts);
      if (this.isDraining || this.running.size >= this.slots)
        this.end({ type: 'reject', ...lease, reason: this.isDraining ? 'draining' : 'busy' });
      else {
        this.running.set(nameOf(lease), frame.facts);
        this.resident = [frame.facts.model];
        this.say({ type: 'accept', ...lease });
      }
    } else if (frame.type === 'cancel') {
      const { jobId, fence } = frame;
      if (this.running.has(nameOf(frame))) this.end({ type: 'canceled', jobId, fence, stepsDone: 1 });
    } else if (frame.type === 'revoke') {
      this.running.delete(nameOf(frame));
      this.journal.delete(nameOf(frame));
      this.sayReady();
    } else if (frame.type === 'ack') {
      this.journal.delete(nameOf(frame));
    } else if (frame.type === 'drain') {
      this.isDraining = true;
      this.say({ type: 'draining', graceMs: 10_000 });
    }
  }
}
