// A job that kills every worker that takes it.
import type { Books } from './books.ts';
import { type Check, check } from './invariants.ts';
import type { Part } from './report.ts';
import type { ChaosStage } from './stage.ts';

const firstNumber = 200_000;
/** Long enough to be killed at. */
const steps = 150;
/** Deaths after which a job must not be offered again. */
const maxDeaths = 2;

/** Kills whatever worker gets the job until the job ends; others' jobs must go on. */
export async function poisonJob(stage: ChaosStage, signal: AbortSignal): Promise<Part> {
  const { watch } = stage;
  const key = await stage.openKey('poison', null);
  const { jobId = '' } = await stage.submit({ number: firstNumber, steps, key: key.text });
  const hasEnded = new AbortController();
  const ending = stage.end(jobId, signal).finally(() => hasEnded.abort());
  const killed = await killHolders(stage, jobId, AbortSignal.any([signal, hasEnded.signal]));
  await ending;
  const { jobId: healthy = '' } = await stage.submit({ number: firstNumber + 1, key: key.text });
  await stage.end(healthy, signal);
  const offers = watch.offers.filter((offer) => offer.jobId === jobId).length;
  return {
    title: 'A job that kills its workers',
    facts: { offers },
    checks: (books) => [
      check('workers killed by it', maxDeaths, killed, []),
      stateOf(books, jobId, 'failed'),
      check('usage rows of it', 0, books.usage.filter((row) => row.jobId === jobId).length, []),
      stateOf(books, healthy, 'succeeded'),
    ],
  };
}

/** @returns how many workers were killed */
async function killHolders(stage: ChaosStage, jobId: string, signal: AbortSignal): Promise<number> {
  const { watch } = stage;
  let killed = 0;
  let lastFence = 0;
  for (;;) {
    const offer = await watch
      .until(() => watch.offers.find((seen) => seen.jobId === jobId && seen.fence > lastFence), signal)
      .catch(() => undefined);
    if (!offer) return killed;
    lastFence = offer.fence;
    if (stage.killWorker(offer.workerId)) killed += 1;
  }
}

/** Whether a job ended as it should. */
export function stateOf({ jobs }: Books, jobId: string, state: string): Check {
  const job = jobs.find(({ id }) => id === jobId);
  const isSo = job?.state === state;
  return check(
    `job that ${state}`,
    1,
    Number(isSo),
    isSo ? [] : [`${jobId} ${job?.state ?? 'is not there'}`],
  );
}
