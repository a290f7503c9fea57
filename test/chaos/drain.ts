// Workers are told to stop, one after the other, while there is work: as in a rolling restart.
import { checkBooks } from './invariants.ts';
import type { Part } from './report.ts';
import type { ChaosStage } from './stage.ts';

const jobsPerWorker = 8;
const firstNumber = 100_000;

/** Sends jobs, drains half of the workers under them, each once the one before is back, and waits for all jobs. */
export async function drainUnderLoad(stage: ChaosStage, signal: AbortSignal): Promise<Part> {
  const { workers, watch } = stage;
  const key = await stage.openKey('drain', null);
  const count = workers.length * jobsPerWorker;
  const numbers = Array.from({ length: count }, (_, i) => firstNumber + i);
  const sending = Promise.all(numbers.map((number) => stage.submit({ number, key: key.text, steps: 4 })));
  const drained = workers.slice(0, Math.ceil(workers.length / 2));
  let busy = 0;
  for (const workerId of drained) {
    await watch.until(() => watch.heldBy(workerId)[0], signal);
    busy += 1;
    const boot = watch.bootOf(workerId);
    stage.signalWorker(workerId, 'SIGTERM');
    await watch.until(() => (watch.bootOf(workerId) === boot ? undefined : true), signal);
  }
  const jobIds = (await sending).flatMap(({ jobId }) => jobId ?? []);
  await Promise.all(jobIds.map((jobId) => stage.end(jobId, signal)));
  return {
    title: 'Drain during load',
    facts: { drained: drained.length, busy },
    checks: (books) => checkBooks(books, { keyId: key.id, submissions: count, jobIds, poisoned: [] }),
  };
}
