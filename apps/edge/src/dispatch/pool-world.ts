/** A pool among workers, wires and books that fail in every way, for the model test; it checks as it goes. */
import assert from 'node:assert/strict';
import type { LeaseRef, WorkerFrame } from '@darkroom/shared/contracts/frames';
import type { JobId } from '@darkroom/shared/ids';
import type { Effect, PoolEvent } from './pool-event.ts';
import { isEnded, isLeased, isLive, type Outcome } from './pool-rows.ts';
import { beatOf, doneOf, jobIdOf, leaseOn, TestPool } from './test-pool.ts';
import { type EndFrame, WorkerProcess } from './worker-process.ts';

/** One thing that happens; `pick` chooses among what is there. */
export interface Op {
  readonly kind: keyof typeof ops;
  readonly worker: number;
  readonly pick: number;
}

const chosen = <T>(things: readonly T[], pick: number): T | undefined => things[pick % things.length];

export class PoolWorld {
  readonly pool = new TestPool({ queued: 8, queuedPerProject: 6 });
  readonly workers = [0, 1, 2].map((index) => new WorkerProcess(index));
  readonly taken: JobId[] = [];
  readonly poison = new Set<JobId>();
  readonly kills = new Map<JobId, number>();
  readonly outcomes = new Map<JobId, Outcome>();
  readonly books = new Map<JobId, Outcome>();
  readonly fences = new Map<JobId, number>();
  areBooksOpen = true;
  /** The pool crashes after it stored what comes next, before it did what that asks. */
  isCrashing = false;

  run(op: Op): void {
    ops[op.kind](this, this.workers[op.worker]!, op.pick);
  }

  take(event: PoolEvent): void {
    this.heed(this.pool.take(event));
  }

  heed(effects: readonly Effect[]): void {
    this.check();
    for (const effect of effects) this.checkEffect(effect);
    if (this.isCrashing) {
      this.isCrashing = false;
      for (const worker of this.workers) worker.hangUp();
      this.take({ type: 'wake', connected: [] });
    } else for (const effect of effects) this.carryOut(effect);
  }

  /** What holds after every event. */
  check(): void {
    const { jobs, workers } = this.pool.pool;
    const rows = [...jobs.values()];
    for (const { id, slots, credit } of workers.values()) {
      assert.ok(credit >= 0, `${id}: credit ${credit}`);
      const held = rows.filter(isLeased).filter(({ holder }) => holder === id).length;
      assert.ok(held <= slots, `${id}: ${held} leases on ${slots} slots`);
    }
    for (const { facts } of rows) assert.ok(facts.attempts <= 3, `${facts.id}: attempt ${facts.attempts}`);
    for (const { facts } of rows.filter(isLive))
      assert.ok(facts.deaths < 2, `${facts.id}: alive after ${facts.deaths} deaths`);
    for (const row of rows.filter(isEnded)) this.decide(row.facts.id, row.outcome);
  }

  /** A job has one outcome, and a result only under its highest fence. */
  decide(id: JobId, outcome: Outcome): void {
    const before = this.outcomes.get(id) ?? outcome;
    if (before !== outcome) assert.deepEqual(outcome, before, `${id}: ended twice`);
    assert.equal(outcome.fence, this.fences.get(id) ?? 0, `${id}: ended by a stale fence`);
    this.outcomes.set(id, outcome);
  }

  checkEffect(effect: Effect): void {
    if (effect.type === 'refuse') this.taken.splice(this.taken.indexOf(effect.jobId), 1);
    if (effect.type === 'offer') {
      const { id, fence, attempts } = effect.job;
      assert.equal(fence, (this.fences.get(id) ?? 0) + 1, `${id}: fence`);
      assert.ok(attempts >= 1, `${id}: attempt ${attempts}`);
      assert.ok(!this.outcomes.has(id), `${id}: offered after its end`);
      this.fences.set(id, fence);
    }
    if (effect.type === 'settle') this.decide(effect.job.facts.id, effect.job.outcome);
    if (effect.type === 'discard') {
      const outcome = this.outcomes.get(effect.jobId);
      const isCommitted = outcome?.state === 'succeeded' && outcome.fence === effect.fence;
      assert.ok(!isCommitted, `${effect.jobId}: a result that counts is discarded`);
    }
  }

  carryOut(effect: Effect): void {
    const worker = this.workers.find(({ id }) => 'workerId' in effect && id === effect.workerId);
    if (effect.type === 'offer' && worker?.isDialled) worker.down.push({ type: 'offer', facts: effect.job });
    if (effect.type === 'send' && worker?.isDialled) worker.down.push(effect.frame);
    if (effect.type === 'disconnect') worker?.hangUp();
    if (effect.type === 'settle' && this.areBooksOpen) {
      const { facts, outcome } = effect.job;
      this.books.set(facts.id, outcome);
      this.take({ type: 'settled', jobId: facts.id });
    }
  }

  /** Lets everything that is under way arrive, and what it causes too. */
  pump(worker: WorkerProcess): void {
    for (;;) {
      const frame = worker.up.shift();
      if (frame) this.hearWorker(worker, frame);
      const answer = worker.down.shift();
      if (answer) worker.hear(answer);
      if (!frame && !answer) return;
    }
  }

  hearWorker({ id }: WorkerProcess, frame: WorkerFrame): void {
    const effects = this.pool.take({ type: 'frame', workerId: id, frame });
    this.heed(effects);
    if (frame.type !== 'done') return;
    const acks = effects.flatMap((effect) => (effect.type === 'send' ? [effect.frame] : []));
    if (!acks.some((ack) => ack.type === 'ack' && ack.verdict === 'accepted')) return;
    // An acknowledged result is a promise: it is the outcome, and in the end the books hold it.
    const outcome = this.outcomes.get(frame.jobId);
    assert.ok(outcome?.state === 'succeeded' && outcome.fence === frame.fence, `${frame.jobId}: result lost`);
    assert.deepEqual(outcome.result.outputs, frame.outputs);
  }

  pass(durationMs: number): void {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 5_000) {
      for (const worker of this.workers) {
        if (worker.isUp && !worker.isMute) worker.say(beatOf([...worker.running.values()].map(leaseOn)));
        this.pump(worker);
      }
      this.heed(this.pool.pass(Math.min(5_000, durationMs - passedMs)));
    }
  }

  /** A job of this worker comes to its end, whichever that is. */
  work(worker: WorkerProcess, pick: number, end: (lease: LeaseRef) => EndFrame): void {
    const facts = chosen([...worker.running.values()], pick);
    if (!facts || !worker.isUp) return;
    if (!this.poison.has(facts.id)) {
      worker.end(end(leaseOn(facts)));
      return;
    }
    const kills = (this.kills.get(facts.id) ?? 0) + 1;
    this.kills.set(facts.id, kills);
    assert.ok(kills <= 2, `${facts.id}: killed ${kills} workers`);
    worker.die(pick % 2 === 0);
  }

  /** From now on the books are open and one worker is well; the others are gone. */
  recover(): void {
    const [well, ...others] = this.workers;
    this.areBooksOpen = true;
    this.isCrashing = false;
    // The pool learns of one of them at once, and of the other by its silence.
    for (const worker of others) worker.die(false);
    this.take({ type: 'close', workerId: others[0]!.id });
    well!.die(true);
    for (let round = 0; round < 40 && this.pool.pool.jobs.size > 0; round++) {
      well!.start();
      if (!well!.isDialled) well!.dial();
      this.pump(well!);
      for (const _slot of well!.running.keys()) this.work(well!, 0, doneOf);
      this.pass(5_000);
    }
    assert.deepEqual([...this.pool.pool.jobs.values()], [], 'jobs are stuck');
    assert.deepEqual(new Set(this.books.keys()), new Set(this.taken), 'jobs are not in the books');
    assert.deepEqual(this.books, this.outcomes, 'the books differ from what was decided');
  }
}

const failures = ['retryable', 'permanent', 'oom', 'poison'] as const;

/** Everything that can happen. */
const ops = {
  enqueue: (world: PoolWorld, _worker: WorkerProcess, pick: number) => {
    const index = world.fences.size + world.taken.length + pick * 64;
    const id = jobIdOf(index);
    if (world.taken.includes(id) || world.outcomes.has(id)) return;
    world.taken.push(id);
    if (pick % 4 === 0) world.poison.add(id);
    const { nowMs } = world.pool;
    world.heed(
      world.pool.enqueue(index, {
        projectId: chosen(['alpha', 'beta'], pick)!,
        priority: pick % 5 === 0 ? 'batch' : 'interactive',
        model: chosen(['sketch', 'paint'], pick >> 1)!,
        deadlineAtMs: nowMs + (pick % 4 === 0 ? 15_000 : 3_600_000),
      }),
    );
  },
  dial: (_world: PoolWorld, worker: WorkerProcess) => worker.dial(),
  drop: (world: PoolWorld, worker: WorkerProcess, pick: number) => {
    worker.hangUp();
    // A dead wire may look alive to the pool.
    if (pick % 2 === 0) world.take({ type: 'close', workerId: worker.id });
  },
  pump: (world: PoolWorld, worker: WorkerProcess) => world.pump(worker),
  finish: (world: PoolWorld, worker: WorkerProcess, pick: number) => world.work(worker, pick, doneOf),
  fail: (world: PoolWorld, worker: WorkerProcess, pick: number) =>
    world.work(worker, pick, (lease) => ({
      type: 'fail',
      ...lease,
      class: chosen(failures, pick >> 1)!,
      code: 'internal',
      detail: '',
      stepsDone: 1,
    })),
  giveBack: (world: PoolWorld, worker: WorkerProcess, pick: number) =>
    world.work(worker, pick, (lease) => ({ type: 'reject', ...lease, reason: 'draining' })),
  stopUnasked: (world: PoolWorld, worker: WorkerProcess, pick: number) =>
    world.work(worker, pick, (lease) => ({ type: 'canceled', ...lease, stepsDone: 1 })),
  repeat: (_world: PoolWorld, worker: WorkerProcess, pick: number) => {
    const frame = chosen(worker.said, pick);
    if (frame) worker.say(frame);
  },
  die: (_world: PoolWorld, worker: WorkerProcess, pick: number) => worker.die(pick % 2 === 0),
  start: (_world: PoolWorld, worker: WorkerProcess) => worker.start(),
  mute: (_world: PoolWorld, worker: WorkerProcess, pick: number) => {
    worker.isMute = pick % 2 === 0;
  },
  cancel: (world: PoolWorld, _worker: WorkerProcess, pick: number) => {
    const jobId = chosen(world.taken, pick);
    if (jobId) world.take({ type: 'cancel', jobId });
  },
  drain: (world: PoolWorld, worker: WorkerProcess) => world.take({ type: 'drain', workerId: worker.id }),
  pass: (world: PoolWorld, _worker: WorkerProcess, pick: number) => world.pass(1 + (pick % 25) * 1_000),
  setClock: (world: PoolWorld, _worker: WorkerProcess, pick: number) => {
    world.pool.nowMs += ((pick % 9) - 4) * 150_000;
  },
  closeBooks: (world: PoolWorld, _worker: WorkerProcess, pick: number) => {
    world.areBooksOpen = pick % 2 === 0;
  },
  crash: (world: PoolWorld) => {
    world.isCrashing = true;
  },
} satisfies Record<string, (world: PoolWorld, worker: WorkerProcess, pick: number) => void>;

export const opKinds: readonly Op['kind'][] = Object.keys(ops) as Op['kind'][];
