// What the edge costs beside bare Hono, and how long a job takes to reach a worker. No picture is computed.
import { EdgeBench } from './edge/edge-bench.ts';
import { type EventFigures, measureEvents } from './edge/event-latency.ts';
import { closedLoop, type Load, medianLoad } from './edge/load.ts';
import {
  measureOffers,
  measurePoolOffers,
  type OfferFigures,
  type PoolFigures,
} from './edge/offer-latency.ts';

/** What the edge benchmark measured; each load is the median of its rounds. */
export interface EdgeFigures extends OfferFigures, PoolFigures, EventFigures {
  readonly bareGetPerSecond: number;
  readonly bareGetP50Ms: number;
  readonly bareGetP99Ms: number;
  readonly statusPerSecond: number;
  readonly statusP50Ms: number;
  readonly statusP99Ms: number;
  /** Requests that bare Hono answers in the time of one. */
  readonly bareGetsPerStatus: number;
  readonly barePostPerSecond: number;
  readonly barePostP50Ms: number;
  readonly barePostP99Ms: number;
  readonly admissionPerSecond: number;
  readonly admissionP50Ms: number;
  readonly admissionP99Ms: number;
  readonly barePostsPerAdmission: number;
}

const rounds = 3;
const round = { lanes: 8, durationMs: 4_000 } as const;
/** A key may have a thousand jobs under way, and nobody ends these before the offers are measured. */
const admissionsPerRound = 200;
const warmUp = { lanes: 8, durationMs: 10_000, count: 40 } as const;
const offers = { perSecond: 200, durationMs: 5_000, maxOpen: 64 } as const;
const drive = { perSecond: 200, count: 1_000 } as const;
const events = 200;

/** Measures in rounds that take turns, so that what else the machine does meets all of them. */
export async function benchEdge(): Promise<EdgeFigures> {
  await using bench = await EdgeBench.open(AbortSignal.timeout(600_000));
  const jobId = await bench.admit();
  const asks = {
    bareGet: { ask: () => bench.bareGet(), ...round },
    status: { ask: () => bench.status(jobId), ...round },
    barePost: { ask: () => bench.barePost(), ...round },
    admission: { ask: () => bench.admit(), ...round, count: admissionsPerRound },
  } as const;
  const loads: Record<keyof typeof asks, Load[]> = { bareGet: [], status: [], barePost: [], admission: [] };
  for (const { ask } of Object.values(asks)) await closedLoop(ask, warmUp);
  for (let n = 0; n < rounds; n++)
    for (const [name, { ask, ...limits }] of Object.entries(asks))
      loads[name as keyof typeof asks].push(await closedLoop(ask, limits));
  const [bareGet, status] = [medianLoad(loads.bareGet), medianLoad(loads.status)];
  const [barePost, admission] = [medianLoad(loads.barePost), medianLoad(loads.admission)];
  const offered = await measureOffers(bench, offers);
  const driven = await measurePoolOffers(bench, drive);
  const heard = await measureEvents(bench, events);
  return {
    ...named('bareGet', bareGet),
    ...named('status', status),
    bareGetsPerStatus: bareGet.perSecond / status.perSecond,
    ...named('barePost', barePost),
    ...named('admission', admission),
    barePostsPerAdmission: barePost.perSecond / admission.perSecond,
    ...offered,
    ...driven,
    ...heard,
  };
}

type Named<N extends string> = Readonly<Record<`${N}${'PerSecond' | 'P50Ms' | 'P99Ms'}`, number>>;

function named<N extends string>(name: N, { perSecond, p50Ms, p99Ms }: Load): Named<N> {
  const figures = { [`${name}PerSecond`]: perSecond, [`${name}P50Ms`]: p50Ms, [`${name}P99Ms`]: p99Ms };
  return figures as Named<N>;
}
