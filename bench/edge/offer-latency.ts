// From a job's admission to its offer, at a steady rate of jobs.

import type { Drive } from './drive.ts';
import type { EdgeBench } from './edge-bench.ts';
import { type OpenLoop, openLoop, quantile } from './load.ts';
import { StandInWorker } from './stand-in-worker.ts';

export interface OfferFigures {
  /** Jobs a second that were admitted in fact. */
  readonly offerPerSecond: number;
  /** From when the edge wrote the job's time of creation. */
  readonly offerP50Ms: number;
  readonly offerP99Ms: number;
  /** From when the client sent its request. */
  readonly sentToOfferP50Ms: number;
  readonly sentToOfferP99Ms: number;
}

/** The queue is empty when no offer came for so long. */
const calmMs = 2_000;
const offersMs = 60_000;

/** Sends jobs at a steady pace to a worker that finishes each at once. */
export async function measureOffers(bench: EdgeBench, pace: OpenLoop): Promise<OfferFigures> {
  const offered = new Map<string, number>();
  const createdToOffer: number[] = [];
  let isCounting = false;
  const idle = Promise.withResolvers<void>();
  let calm = setTimeout(idle.resolve, calmMs);
  using _worker = await StandInWorker.dial(bench, ({ jobId, job }, receivedAtMs) => {
    calm = restarted(calm, idle.resolve);
    if (isCounting) createdToOffer.push(receivedAtMs - job.createdAtMs);
    offered.set(jobId, receivedAtMs);
    return 'finish';
  });
  // What earlier measurements left in the queue is no part of this one.
  await idle.promise;
  isCounting = true;
  const sent: { readonly jobId: string; readonly atMs: number }[] = [];
  const offerPerSecond = await openLoop(async () => {
    const atMs = performance.timeOrigin + performance.now();
    sent.push({ jobId: await bench.admit(), atMs });
  }, pace);
  await untilAll(() => sent.every(({ jobId }) => offered.has(jobId)));
  const sentToOffer = sent.map(({ jobId, atMs }) => (offered.get(jobId) ?? Number.NaN) - atMs);
  return {
    offerPerSecond,
    offerP50Ms: quantile(createdToOffer, 0.5),
    offerP99Ms: quantile(createdToOffer, 0.99),
    sentToOfferP50Ms: quantile(sentToOffer, 0.5),
    sentToOfferP99Ms: quantile(sentToOffer, 0.99),
  };
}

export interface PoolFigures {
  /** Jobs a second that the pool was handed in fact. */
  readonly poolPerSecond: number;
  /** From when the job was handed to the pool. */
  readonly poolOfferP50Ms: number;
  readonly poolOfferP99Ms: number;
}

/** Has jobs handed to the pool from within the runtime, at a pace, and a worker that finishes each at once. */
export async function measurePoolOffers(bench: EdgeBench, pace: Drive): Promise<PoolFigures> {
  const tookMs: number[] = [];
  using _worker = await StandInWorker.dial(bench, ({ job }, receivedAtMs) => {
    tookMs.push(receivedAtMs - job.createdAtMs);
    return 'finish';
  });
  const poolPerSecond = await bench.drive(pace);
  await untilAll(() => tookMs.length >= pace.count);
  return { poolPerSecond, poolOfferP50Ms: quantile(tookMs, 0.5), poolOfferP99Ms: quantile(tookMs, 0.99) };
}

function restarted(timer: NodeJS.Timeout, act: () => void): NodeJS.Timeout {
  clearTimeout(timer);
  return setTimeout(act, calmMs);
}

async function untilAll(isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + offersMs;
  while (!isSo()) {
    if (performance.now() > endMs) throw new Error(`expected all offers within ${offersMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
