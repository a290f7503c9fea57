// A worker stands still for longer than its lease lasts, and comes back with the result when another has delivered it.
import { type LeaseRef, leaseMs } from '@darkroom/shared/contracts/frames';
import { check } from './invariants.ts';
import { stateOf } from './poison.ts';
import type { Part } from './report.ts';
import type { ChaosStage } from './stage.ts';

const firstNumber = 300_000;
/** Long enough to be paused at. */
const steps = 20;
const slackMs = 120_000;

/**
 * Pauses a worker right after it got a job and lets its connection hang; once another worker has finished the job, the
 * paused one goes on, finishes it too, and says so over a new connection.
 */
export async function staleDone(stage: ChaosStage, outer: AbortSignal): Promise<Part> {
  const { watch } = stage;
  const signal = AbortSignal.any([outer, AbortSignal.timeout(leaseMs + slackMs)]);
  const key = await stage.openKey('stale', null);
  const { jobId = '' } = await stage.submit({ number: firstNumber, steps, key: key.text });
  const first = await watch.until(() => watch.offers.find((offer) => offer.jobId === jobId), signal);
  const pausedAt = performance.now();
  stage.holdSocket(first.workerId);
  stage.signalWorker(first.workerId, 'SIGSTOP');
  await stage.end(jobId, signal).finally(() => stage.signalWorker(first.workerId, 'SIGCONT'));
  const pausedMs = performance.now() - pausedAt;
  await watch.until(() => watch.results.find(isOf(first)), signal);
  stage.cutSocket(first.workerId);
  const { verdict } = await watch.until(() => watch.acks.find(isOf(first)), signal);
  return {
    title: 'A paused worker that comes back',
    facts: { 'paused seconds': Math.round(pausedMs / 1000) },
    checks: (books) => {
      const late = books.objects.filter((name) => name.startsWith(`out/${jobId}/${first.fence}/`));
      return [
        stateOf(books, jobId, 'succeeded'),
        check('results of it that counted', 1, books.usage.filter((row) => row.jobId === jobId).length, []),
        check('late results that were refused', 1, Number(verdict === 'stale'), []),
        check('pictures of it that were left', 0, late.length, late),
      ];
    },
  };
}

const isOf =
  ({ jobId, fence }: LeaseRef) =>
  (other: LeaseRef) =>
    other.jobId === jobId && other.fence === fence;
