// A short run of what `npm run chaos` does at length: parts of a platform are killed while it works.
import { expect, it } from 'vitest';
import { holds } from '../chaos/invariants.ts';
import { killSchedule } from '../chaos/kill-schedule.ts';
import { poisonJob } from '../chaos/poison.ts';
import { ChaosStage } from '../chaos/stage.ts';
import { underFire } from '../chaos/under-fire.ts';

/** A busy machine starts a process in many times what it takes alone. */
const patienceMs = 600_000;
/** A run that takes too long ends by itself, so that it leaves nothing behind. */
const runMs = patienceMs - 60_000;
const workers = 2;
/** Hits workers and sockets from the start, and the edge once, when all jobs are sent. */
const seed = 743;
const seconds = 10;

it('kills all three kinds of parts in the short run', () => {
  const kills = killSchedule({ seed, workers, durationMs: seconds * 1000 });
  expect(new Set(kills.map(({ target }) => target)).size).toBe(3);
});

it(
  'ends, bills and tells every job once while parts are killed, and gives up a job that kills its workers',
  async () => {
    const signal = AbortSignal.timeout(runMs);
    await using stage = await ChaosStage.open({
      workers,
      logs: undefined,
      onNotice: () => undefined,
      signal,
    });
    const fire = await underFire(stage, { jobs: 20, seconds, seed, signal });
    const poison = await poisonJob(stage, signal);
    const books = await stage.stop();
    const broken = [...fire, poison].flatMap(({ title, checks }) =>
      checks(books)
        .filter((check) => !holds(check))
        .map((check) => ({ title, ...check })),
    );
    expect(broken).toEqual([]);
  },
  patienceMs,
);
