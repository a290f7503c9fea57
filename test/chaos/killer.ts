// Carries out a schedule of kills.
import { setTimeout as wait } from 'node:timers/promises';
import type { Kill, KillTarget } from './kill-schedule.ts';
import type { ChaosStage } from './stage.ts';

/** What was hit how often. */
export type KillCounts = Record<KillTarget, number>;

/**
 * Kills until the schedule is through or the signal comes.
 *
 * A job under which two workers were lost is taken for the reason and given up, as it should be. Chance would do that to
 * good jobs too, so a worker is spared while it holds a job that has lost one; its socket is cut instead. An edge that is
 * still starting is spared likewise.
 */
export async function killAsScheduled(
  stage: ChaosStage,
  schedule: readonly Kill[],
  signal: AbortSignal,
): Promise<KillCounts> {
  const counts: KillCounts = { worker: 0, edge: 0, socket: 0 };
  const startedAt = performance.now();
  for (const kill of schedule) {
    const waitMs = kill.atMs - (performance.now() - startedAt);
    await wait(Math.max(0, waitMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const hit = await carryOut(stage, kill);
    if (hit) counts[hit] += 1;
  }
  return counts;
}

/** @returns what was hit in the end; undefined = nothing was there */
async function carryOut(stage: ChaosStage, { target, worker }: Kill): Promise<KillTarget | undefined> {
  const { workers } = stage;
  const inTurn = [...workers.slice(worker), ...workers.slice(0, worker)];
  if (target === 'edge' && (await stage.isEdgeUp())) {
    stage.killEdge();
    return 'edge';
  }
  if (target === 'worker') {
    const victim = inTurn.find((workerId) => isFair(stage, workerId) && stage.killWorker(workerId));
    if (victim !== undefined) return 'worker';
  }
  return inTurn.some((workerId) => stage.cutSocket(workerId)) ? 'socket' : undefined;
}

function isFair({ watch }: ChaosStage, workerId: string): boolean {
  return watch.heldBy(workerId).every((jobId) => watch.lossesOf(jobId) === 0);
}
