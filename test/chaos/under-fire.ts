// Jobs are sent and done while things are killed.
import { setTimeout as wait } from 'node:timers/promises';
import { priceOf, totalMicros } from '@darkroom/shared/pricing';
import type { Books } from './books.ts';
import { check, checkBooks, checkBudget } from './invariants.ts';
import { killSchedule } from './kill-schedule.ts';
import { killAsScheduled } from './killer.ts';
import type { Part } from './report.ts';
import { type ChaosStage, type Granted, photoSize } from './stage.ts';

export interface FireOptions {
  readonly jobs: number;
  readonly seconds: number;
  readonly seed: number;
  readonly signal: AbortSignal;
}

/** Clients at work at once. */
const lanes = 16;
/** Of the time of killing in which new jobs come. */
const sendingShare = 0.7;
/** After the killing: longer than a request that died is waited for by its repetition, and its job's attempts. */
const graceMs = 150_000;
/** The jobs that the capped key may pay for, of so many as it sends. */
const cappedShare = 0.1;
const sentPerPlace = 2;

const outline = { kind: 'segment', family: 'embedded', ...photoSize, steps: 0, pictures: 1 } as const;
const price = totalMicros(priceOf(outline));

/** Time was over before it was sent. */
const unanswered: Granted = { jobId: undefined, code: 'unanswered', tries: 0 };

interface Sent {
  readonly granted: readonly Granted[];
  readonly jobIds: readonly string[];
}

/** Sends jobs of two keys, one of which has room for half of what it sends, and kills things until all have ended. */
export async function underFire(stage: ChaosStage, options: FireOptions): Promise<Part[]> {
  const { jobs, seconds, seed, signal } = options;
  const room = Math.max(2, Math.round(jobs * cappedShare));
  const free = await stage.openKey('without a cap', null);
  const capped = await stage.openKey('with a cap', room * price);
  const startedAt = performance.now();
  const allEnded = new AbortController();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000 + graceMs)]);
  const schedule = killSchedule({ seed, durationMs: seconds * 1000, workers: stage.workers.length });
  const killing = killAsScheduled(stage, schedule, AbortSignal.any([limit, allEnded.signal]));
  const sendMs = seconds * 1000 * sendingShare;
  const lane = { stage, limit, sendMs };
  const [load, short] = await Promise.all([
    sendAndWait(lane, { key: free.text, first: 0, count: jobs }),
    sendAndWait(lane, { key: capped.text, first: jobs, count: room * sentPerPlace }),
  ]);
  allEnded.abort();
  const kills = await killing;
  const repeated = load.granted.reduce((sum, { tries }) => sum + Math.max(0, tries - 1), 0);
  const tookSeconds = Math.round((performance.now() - startedAt) / 1000);
  const killed = { workers: kills.worker, edges: kills.edge, sockets: kills.socket };
  return [
    firePart(stage, { keyId: free.id, jobs, load, facts: { ...killed, repeated, seconds: tookSeconds } }),
    capPart(stage, { keyId: capped.id, room, sent: short }),
  ];
}

interface Lane {
  readonly stage: ChaosStage;
  readonly limit: AbortSignal;
  /** Time over which the jobs are spread. */
  readonly sendMs: number;
}

interface Batch {
  readonly key: string;
  readonly first: number;
  readonly count: number;
}

/** Sends a batch at an even pace and waits for the ends of its jobs. */
async function sendAndWait({ stage, limit, sendMs }: Lane, { key, first, count }: Batch): Promise<Sent> {
  const startedAt = performance.now();
  const granted = await inLanes(count, async (i) => {
    const waitMs = (i * sendMs) / count - (performance.now() - startedAt);
    await wait(Math.max(0, waitMs), undefined, { signal: limit }).catch(() => undefined);
    return limit.aborted ? unanswered : await stage.submit({ number: first + i, key });
  });
  const jobIds = granted.flatMap(({ jobId }) => jobId ?? []);
  await inLanes(jobIds.length, async (i) => await stage.end(jobIds[i] ?? '', limit));
  return { granted, jobIds };
}

/** Does a numbered thing so often, some at a time, in order. */
async function inLanes<T>(count: number, act: (i: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const walk = async () => {
    for (let i = next++; i < count; i = next++) results[i] = await act(i);
  };
  await Promise.all(Array.from({ length: lanes }, walk));
  return results;
}

interface Fire {
  readonly keyId: string;
  readonly jobs: number;
  readonly load: Sent;
  readonly facts: Part['facts'];
}

function firePart({ watch }: ChaosStage, { keyId, jobs, load, facts }: Fire): Part {
  const { jobIds, granted } = load;
  const poisoned = jobIds.filter((jobId) => watch.lossesOf(jobId) >= 2);
  const refused = granted.flatMap(({ code }) => code ?? []);
  return {
    title: 'Under fire',
    facts: { ...facts, poisoned: poisoned.length },
    checks: (books) => [
      check('submissions refused', 0, refused.length, refused),
      ...checkBooks(books, { keyId, submissions: jobs, jobIds, poisoned }),
      ...checkBudget(books, keyId),
      check('frames that break their contract', 0, watch.faults.length, watch.faults),
    ],
  };
}

function capPart(
  { watch }: ChaosStage,
  { keyId, room, sent }: { readonly keyId: string; readonly room: number; readonly sent: Sent },
): Part {
  const { granted, jobIds } = sent;
  const poisoned = jobIds.filter((jobId) => watch.lossesOf(jobId) >= 2);
  const codes = granted.flatMap(({ code }) => code ?? []);
  const others = codes.filter((code) => code !== 'spend_cap_reached');
  return {
    title: 'A key with a spend cap, under fire',
    facts: { sent: granted.length, room },
    checks: (books) => [
      check('refused otherwise', 0, others.length, others),
      // A job that failed makes room for another, which may come or not.
      check('jobs admitted', clamp(jobIds.length, [room, room + failedOf(books, jobIds)]), jobIds.length, []),
      ...checkBooks(books, { keyId, submissions: jobIds.length, jobIds, poisoned }),
      ...checkBudget(books, keyId),
    ],
  };
}

const failedOf = ({ jobs }: Books, jobIds: readonly string[]) =>
  jobs.filter(({ id, state }) => jobIds.includes(id) && state !== 'succeeded').length;

const clamp = (value: number, [min, max]: readonly [min: number, max: number]) =>
  Math.min(max, Math.max(min, value));
