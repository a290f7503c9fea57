import { OfferFrame } from '@darkroom/shared/contracts/frames';
import { AppError } from '@darkroom/shared/errors';
import { makeId } from '@darkroom/shared/ids';
import { expect, it } from 'vitest';
import type { LeaseEvent, StopReason } from './run-lease.ts';
import { Runner, type RunnerWord } from './runner.ts';
import { Slots } from './slots.ts';

function offer(job = 1, fence = 1): OfferFrame {
  const id = makeId('job', job, new Uint8Array(10));
  const prompt = { original: 'a fox', enhanced: null };
  return OfferFrame.parse({
    type: 'offer',
    version: 1,
    jobId: id,
    fence,
    attempt: 1,
    job: { version: 1, kind: 'generate', id, createdAtMs: 0, prompt, seed: 1 },
    deadlineInMs: 60_000,
    smaller: false,
    previewEvery: 0,
    inputs: {},
    outputs: [{ key: 'out', url: 'http://store.example/out', mime: 'image/png' }],
    resume: null,
  });
}

const endOf = { cancel: 'canceled', release: 'released', drop: 'dropped' } as const;

/** A runner whose jobs do as the test says: they tell what is pushed, and end when they are stopped. */
function workshop(slots = 1) {
  const said: RunnerWord[] = [];
  const clock = { nowMs: 1_000 };
  const jobs = new Map<string, (event: LeaseEvent) => void>();
  async function* run({ jobId, fence }: OfferFrame, stop: AbortSignal): AsyncGenerator<LeaseEvent> {
    let next = Promise.withResolvers<LeaseEvent>();
    jobs.set(`${jobId}/${fence}`, (event) => next.resolve(event));
    stop.addEventListener('abort', () => next.resolve({ kind: endOf[stop.reason as StopReason] }));
    for (;;) {
      const event = await next.promise;
      next = Promise.withResolvers();
      yield event;
      if (event.kind !== 'progress' && event.kind !== 'preview') return;
    }
  }
  const runner = new Runner({
    slots: new Slots(slots),
    run,
    say: (word) => said.push(word),
    resident: () => [],
    now: () => clock.nowMs,
    log: () => undefined,
  });
  const tell = async (of: OfferFrame, event: LeaseEvent) => {
    jobs.get(`${of.jobId}/${of.fence}`)?.(event);
    await settle();
  };
  return { runner, said, clock, tell };
}

/** Lets every promise that is due run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const progress = (step: number): LeaseEvent => ({ kind: 'progress', step, steps: 10, pct: 10 * step });
const ends = (said: readonly RunnerWord[]) =>
  said.flatMap((word) => (word.kind === 'end' ? [word.frame] : []));
const frees = (said: readonly RunnerWord[]) =>
  said.flatMap((word) => (word.kind === 'ready' ? [word.frame.freeSlots] : []));

it('accepts an offer, tells how far it is and when it ends, and frees its slot with its end', async () => {
  const { runner, said, clock, tell } = workshop();
  runner.offer(offer());
  await settle();
  await tell(offer(), progress(1));
  clock.nowMs += 100;
  await tell(offer(), progress(2));
  const error = new AppError('unavailable');
  await tell(offer(), { kind: 'fail', class: 'retryable', code: error.code, detail: error.message, error });
  expect(said.map(({ kind }) => kind)).toEqual([
    'accept',
    'running',
    'ready',
    'running',
    'running',
    'end',
    'ready',
  ]);
  expect(said[4]).toMatchObject({ lease: { step: 2, steps: 10, etaMs: 800 }, deadlineAtMs: 61_000 });
  expect(ends(said)).toMatchObject([{ type: 'fail', code: 'unavailable', stepsDone: 2 }]);
  expect(frees(said)).toEqual([0, 1]);
});

it('refuses a stale offer and drops the older run of a job that is offered anew', async () => {
  const { runner, said } = workshop(2);
  runner.offer(offer(1, 3));
  await settle();
  runner.offer(offer(1, 2));
  expect(ends(said)).toMatchObject([{ type: 'reject', fence: 2, reason: 'busy' }]);
  expect(said.at(-1)).toMatchObject({ kind: 'ready', frame: { freeSlots: 1 } });
  runner.offer(offer(1, 4));
  await settle();
  expect(said.filter(({ kind }) => kind === 'dropped')).toMatchObject([{ lease: { fence: 3 } }]);
  expect(said.filter(({ kind }) => kind === 'accept')).toMatchObject([
    { frame: { fence: 3 } },
    { frame: { fence: 4 } },
  ]);
});

it('waits for no job that surely ends too late when it drains', async () => {
  const { runner, said, clock, tell } = workshop(2);
  runner.offer(offer(1));
  runner.offer(offer(2));
  await settle();
  for (const step of [1, 2]) {
    await tell(offer(1), progress(step));
    clock.nowMs += 10_000;
  }
  const drained = runner.drain(30_000);
  await settle();
  expect(ends(said)).toMatchObject([{ type: 'reject', jobId: offer(1).jobId, reason: 'draining' }]);
  await tell(offer(2), { kind: 'canceled' });
  await drained;
  expect(ends(said)[1]).toMatchObject({ type: 'canceled', jobId: offer(2).jobId });
  runner.offer(offer(3));
  expect(ends(said)[2]).toMatchObject({ type: 'reject', reason: 'draining' });
  expect(frees(said).at(-1)).toBe(0);
});

it('gives back what has not ended when the grace is over', async () => {
  const { runner, said } = workshop();
  runner.offer(offer());
  await settle();
  await runner.drain(5);
  expect(ends(said)).toMatchObject([{ type: 'reject', reason: 'draining' }]);
});
