// From a worker's word on a job's progress to the client that listens to the job.
import { setTimeout as wait } from 'node:timers/promises';
import { readEvents } from '@darkroom/cli/event-stream';
import type { OfferFrame } from '@darkroom/shared/contracts/frames';
import { JobProgress } from '@darkroom/shared/contracts/job-view';
import type { EdgeBench } from './edge-bench.ts';
import { quantile } from './load.ts';
import { StandInWorker } from './stand-in-worker.ts';

export interface EventFigures {
  readonly eventP50Ms: number;
  readonly eventP95Ms: number;
  readonly eventP99Ms: number;
}

const everyMs = 20;

/** Tells the progress of one job so many times, and listens. */
export async function measureEvents(bench: EdgeBench, count: number): Promise<EventFigures> {
  const offered = Promise.withResolvers<OfferFrame>();
  using worker = await StandInWorker.dial(bench, (offer) => {
    offered.resolve(offer);
    return 'keep';
  });
  const jobId = await bench.admit();
  const offer = await offered.promise;
  const answer = await fetch(`${bench.url}/v1/jobs/${jobId}/events`, {
    headers: { authorization: `Bearer ${bench.key}`, accept: 'text/event-stream' },
  });
  if (!answer.ok || answer.body === null) throw new Error(`events: expected a stream, got ${answer.status}`);
  const heard = listen(answer.body);
  const saidAt: number[] = [];
  for (let step = 1; step <= count; step++) {
    saidAt[step] = performance.now();
    worker.beat(offer, step, count);
    await wait(everyMs);
  }
  worker.finish(offer);
  const heardAt = await heard;
  const tookMs = [...heardAt].map(([step, atMs]) => atMs - (saidAt[step] ?? Number.NaN));
  if (tookMs.length < count / 2) throw new Error(`expected ${count} events, got ${tookMs.length}`);
  return {
    eventP50Ms: quantile(tookMs, 0.5),
    eventP95Ms: quantile(tookMs, 0.95),
    eventP99Ms: quantile(tookMs, 0.99),
  };
}

/** When each step was heard of, up to the end of the stream. */
async function listen(body: ReadableStream<Uint8Array>): Promise<Map<number, number>> {
  const heardAt = new Map<number, number>();
  for await (const { name, text } of readEvents(body)) {
    if (name !== 'progress') continue;
    const { step } = JobProgress.parse(JSON.parse(text));
    // The first event of a stream tells where the job is already.
    if (step > 0) heardAt.set(step, performance.now());
  }
  return heardAt;
}
