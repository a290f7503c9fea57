/** The loop that all trainings share: a run goes on where its checkpoint is, logs each step, and saves now and then. */
import { existsSync } from 'node:fs';
import { openSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import type { StepReport, Trainer } from '@darkroom/gpu-worker/training/trainer';
import { checkpointFile, logFile, logStep, trimLog } from './run-folder.ts';

/** Told after each step, with its wall-clock time. */
export type Report = (
  step: number,
  total: number,
  figures: StepReport & { readonly seconds: number },
) => void;

/** What is run. */
export interface Run {
  /** Folder of the checkpoint and the log. */
  readonly folder: string;
  /** Steps between checkpoints. */
  readonly saveEvery: number;
  /** Step to stop at, after a last checkpoint. */
  readonly end: number;
  /** Steps of the whole plan, for the report. */
  readonly total: number;
}

type Feeds = Parameters<Trainer['advance']>[0];

/**
 * Restores the trainer from the run's checkpoint, if there is one, and advances it to the run's end.
 * @param feedsOf what step `step` is fed; asked for once, in order
 */
export async function advanceRun(
  trainer: Trainer,
  { folder, saveEvery, end, total }: Run,
  feedsOf: (step: number) => Feeds | Promise<Feeds>,
  report: Report,
): Promise<void> {
  const [checkpoint, log] = [checkpointFile(folder), logFile(folder)];
  if (existsSync(checkpoint)) await trainer.restore(checkpoint);
  await trimLog(log, trainer.step);
  while (trainer.step < end) {
    const began = performance.now();
    const figures = await trainer.advance(await feedsOf(trainer.step));
    const line = { ...figures, seconds: (performance.now() - began) / 1000 };
    await logStep(log, trainer.step, line);
    report(trainer.step, total, line);
    if (trainer.step % saveEvery === 0 || trainer.step === end) await trainer.save(checkpoint);
  }
}

/** Steps that the checkpoint of a run holds; 0 without one. */
export async function stepOf(folder: string): Promise<number> {
  if (!existsSync(checkpointFile(folder))) return 0;
  await using checkpoint = await openSafetensors(checkpointFile(folder));
  return toFloat32(await checkpoint.read('step'))[0] as number;
}
