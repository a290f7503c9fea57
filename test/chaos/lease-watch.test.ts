import { makeId } from '@darkroom/shared/ids';
import { beforeEach, expect, it } from 'vitest';
import { LeaseWatch } from './lease-watch.ts';

const job = makeId('job', 1, new Uint8Array(10));
const other = makeId('job', 2, new Uint8Array(10));
const never = new AbortController().signal;

let watch: LeaseWatch;
beforeEach(() => {
  watch = new LeaseWatch();
});

const offer = (workerId: string, jobId: string, fence: number) =>
  watch.hearPool(workerId, JSON.stringify(offerOf(jobId, fence)));

function offerOf(jobId: string, fence: number) {
  return {
    type: 'offer',
    version: 1,
    jobId,
    fence,
    attempt: 1,
    job: {
      version: 1,
      kind: 'edit',
      id: jobId,
      createdAtMs: 1,
      prompt: { original: 'make it snow', enhanced: null },
      seed: 1,
      image: { key: 'k', sha256: '0'.repeat(64), sizeBytes: 1, mime: 'image/png' },
    },
    deadlineInMs: 1,
    smaller: false,
    previewEvery: 0,
    inputs: { k: 'http://127.0.0.1/k' },
    outputs: [{ key: 'o', url: 'http://127.0.0.1/o', mime: 'image/png' }],
    resume: null,
  };
}

const hello = (workerId: string, boot: number, jobs: string[] = []) =>
  watch.hearWorker(
    JSON.stringify({
      type: 'hello',
      version: 1,
      workerId,
      bootId: `00000000-0000-4000-8000-00000000000${boot}`,
      pool: 'default',
      device: 'CPU',
      memoryMb: 1,
      slots: 1,
      models: [],
      leases: jobs.map((jobId) => ({ jobId, fence: 1 })),
    }),
  );

const say = (type: 'ack' | 'revoke', jobId: string, fence: number) =>
  watch.hearPool('a', JSON.stringify({ type, jobId, fence, ...(type === 'ack' && { verdict: 'accepted' }) }));

it('knows who holds a job from its offer until its end is acknowledged or it is taken away', () => {
  offer('a', job, 1);
  offer('a', other, 1);
  expect(watch.heldBy('a')).toEqual([job, other]);
  say('ack', job, 1);
  say('revoke', other, 1);
  expect(watch.heldBy('a')).toEqual([]);
  expect(watch.acks).toEqual([{ workerId: 'a', jobId: job, fence: 1, verdict: 'accepted' }]);
  expect(watch.offers).toHaveLength(2);
});

it('lets a job go with its older lease when another worker gets it', () => {
  offer('a', job, 1);
  offer('b', job, 2);
  expect([watch.heldBy('a'), watch.heldBy('b')]).toEqual([[], [job]]);
  say('ack', job, 1);
  expect(watch.heldBy('b')).toEqual([job]);
});

it('counts the workers that were lost under a job: another process of theirs does not know it', () => {
  hello('a', 1);
  offer('a', job, 1);
  offer('a', other, 1);
  hello('a', 2, [other]);
  expect([watch.lossesOf(job), watch.lossesOf(other)]).toEqual([1, 0]);
  offer('b', job, 2);
  expect(watch.lossesOf(job)).toBe(1);
  hello('b', 1);
  expect(watch.lossesOf(job)).toBe(2);
});

it('counts no loss when the same process comes back without an offer that it never got', () => {
  hello('a', 1);
  offer('a', job, 1);
  hello('a', 1);
  offer('b', job, 2);
  expect(watch.lossesOf(job)).toBe(0);
});

it('counts leases that were taken away in silence, and those whose offer nobody saw', () => {
  offer('a', job, 1);
  offer('b', job, 2);
  expect(watch.lossesOf(job)).toBe(1);
  offer('c', other, 3);
  expect(watch.lossesOf(other)).toBe(2);
});

it('waits for what is still to be heard, and stops when it is told to', async () => {
  const seen = watch.until(() => watch.offers[0]?.workerId, never);
  offer('a', job, 1);
  expect(await seen).toBe('a');
  const stop = new AbortController();
  const endless = watch.until(() => undefined, stop.signal);
  stop.abort(new Error('enough'));
  await expect(endless).rejects.toThrow('enough');
});

it('keeps what breaks the contract, and no state of it', () => {
  watch.hearPool('a', '{"type":"offer"}');
  expect(watch.hearWorker('no JSON')).toBeUndefined();
  expect(watch.hearWorker('{"type":"beat","leases":[]}')).toEqual({ type: 'beat', leases: [] });
  expect(watch.faults).toEqual(['{"type":"offer"}', 'no JSON']);
});
