// One run: a platform is started, broken and mended, stopped, and its books are read.
import type { ChaosArguments } from './chaos-arguments.ts';
import { drainUnderLoad } from './drain.ts';
import { poisonJob } from './poison.ts';
import type { Part, Section } from './report.ts';
import { ChaosStage } from './stage.ts';
import { staleDone } from './stale-done.ts';
import { underFire } from './under-fire.ts';

export interface RunPorts {
  readonly onNotice: (notice: string) => void;
  /** Ends the run; what was started is gone when it has rejected. */
  readonly signal: AbortSignal;
}

/** For starting, mending and the parts without killing by schedule, on a busy machine. */
const slackMs = 1_200_000;

/** Runs everything. @throws unavailable when the platform does not come up or does not stay up; the signal's reason */
export async function runChaos(
  { jobs, workers, seconds, seed, logs }: Omit<ChaosArguments, 'json'>,
  { onNotice, signal: stop }: RunPorts,
): Promise<Section[]> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(seconds * 1000 + slackMs)]);
  await using stage = await ChaosStage.open({ workers, logs, onNotice, signal });
  const parts = await Promise.race([stage.broken, breakThings(stage)]);
  onNotice('reading the books');
  const books = await stage.stop();
  return parts.map(({ title, facts, checks }) => ({ title, facts, checks: checks(books) }));

  async function breakThings(stage: ChaosStage): Promise<Part[]> {
    onNotice(`killing for up to ${seconds} s, by seed ${seed}`);
    const fire = await underFire(stage, { jobs, seconds, seed, signal });
    onNotice('draining workers under load');
    const drain = await drainUnderLoad(stage, signal);
    onNotice('sending a job that kills its workers');
    const poison = await poisonJob(stage, signal);
    onNotice('pausing a worker for longer than its lease lasts');
    return [...fire, drain, poison, await staleDone(stage, signal)];
  }
}
