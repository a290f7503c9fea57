/** Jobs as their clients see them. */
import { plannedOutputs } from '@darkroom/shared/contracts/job-outputs';
import { visionKinds } from '@darkroom/shared/contracts/job-request';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import type { JobOutput, JobProgress, JobView } from '@darkroom/shared/contracts/job-view';
import { AppError } from '@darkroom/shared/errors';
import { billedStepsOf, type JobOutputRow, outputsOf, resultOf } from '../db/job-outputs.ts';
import type { JobRow } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';
import { downloadOf } from '../storage/asset-view.ts';

export type JobViewDeps = Pick<Deps, 'db' | 'images' | 'pools' | 'nowMs'>;

const instant = (timeMs: number) => new Date(timeMs).toISOString();
const orNull = (timeMs: number | null) => (timeMs === null ? null : instant(timeMs));

/** How far a job is that its pool does not know (any more), as the books tell. */
function bookedProgress({ state, steps, pictures, finishedAtMs }: JobRow, stepsDone: number): JobProgress {
  const all = steps * pictures;
  if (state === 'succeeded') return { position: 0, step: all, steps: all, pct: 100, etaMs: 0 };
  const step = Math.min(stepsDone, all);
  const pct = all === 0 ? 0 : Math.round((1000 * step) / all) / 10;
  return { position: 0, step, steps: all, pct, etaMs: finishedAtMs === null ? null : 0 };
}

/** How far open jobs are, by one question to each of their pools. */
async function pooledProgress(
  { pools }: JobViewDeps,
  rows: readonly JobRow[],
): Promise<ReadonlyMap<string, JobProgress>> {
  const open = rows.filter(({ finishedAtMs }) => finishedAtMs === null);
  const asked = [...Map.groupBy(open, ({ pool }) => pool)].map(([pool, jobs]) =>
    pools.progress(
      pool,
      jobs.map(({ id }) => id),
    ),
  );
  const told = await Promise.all(asked).catch((cause: unknown) => {
    throw new AppError('dependency_unavailable', { cause });
  });
  return new Map(told.flatMap((progress) => [...progress]));
}

async function outputViewOf(
  deps: JobViewDeps,
  { eraseAtMs, request }: JobRow,
  { position, objectKey, width, height, mime, sizeBytes, sha256, maskReport }: JobOutputRow,
): Promise<JobOutput> {
  const address = await downloadOf(deps, { objectKey, eraseAtMs });
  const name = plannedOutputs(request)[position]?.name;
  return {
    ...(name && { name }),
    ...address,
    width,
    height,
    mime,
    bytes: sizeBytes,
    sha256,
    ...(maskReport && { maskReport }),
  };
}

interface Found {
  readonly outputs: JobOutput[];
  readonly progress: JobProgress;
}

function viewOf(row: JobRow, { outputs, progress }: Found): JobView {
  const { id, kind, state: status, seed, model, chargedMicros, priceId, error } = row;
  return {
    id,
    kind,
    status,
    outputs,
    ...(row.prompt && { prompt: row.prompt }),
    ...(seed !== null && { seed }),
    model,
    progress,
    usage: { microCredits: chargedMicros, priceId },
    ...(error && { error }),
    createdAt: instant(row.createdAtMs),
    startedAt: orNull(row.startedAtMs),
    cancelRequestedAt: orNull(row.cancelRequestedAtMs),
    finishedAt: orNull(row.finishedAtMs),
    eraseAt: orNull(row.eraseAtMs),
  };
}

const idsIn = (rows: readonly JobRow[], state: JobRow['state']) =>
  rows.filter((row) => row.state === state).map(({ id }) => id);

/**
 * Jobs with fresh addresses of their pictures; pools are asked about those that are open.
 *
 * @throws AppError `dependency_unavailable` when a pool does not answer
 */
export async function jobViewsOf(deps: JobViewDeps, rows: readonly JobRow[]): Promise<JobView[]> {
  return await viewsWith(deps, rows, pooledProgress(deps, rows));
}

async function viewsWith(
  deps: JobViewDeps,
  rows: readonly JobRow[],
  pooled: Promise<ReadonlyMap<string, JobProgress>>,
): Promise<JobView[]> {
  const [outputs, billedSteps, progress] = await Promise.all([
    outputsOf(deps.db, idsIn(rows, 'succeeded')),
    billedStepsOf(deps.db, idsIn(rows, 'canceled')),
    pooled,
  ]);
  return await Promise.all(
    rows.map(async (row) => {
      const pictures = outputs.get(row.id) ?? [];
      return viewOf(row, {
        outputs: await Promise.all(pictures.map((picture) => outputViewOf(deps, row, picture))),
        progress: progress.get(row.id) ?? bookedProgress(row, billedSteps.get(row.id) ?? 0),
      });
    }),
  );
}

function foundResult({ db }: JobViewDeps, { id, kind, state }: JobRow): Promise<JobResult | null> {
  const isThere = state === 'succeeded' && visionKinds.some((known) => known === kind);
  return isThere ? resultOf(db, id) : Promise.resolve(null);
}

/**
 * A job as its client sees it, with what it found out.
 *
 * @throws AppError `dependency_unavailable` when its pool is asked how far it is and does not answer
 */
export async function jobViewOf(deps: JobViewDeps, row: JobRow): Promise<JobView> {
  const [[view], result] = await Promise.all([jobViewsOf(deps, [row]), foundResult(deps, row)]);
  return { ...(view as JobView), result };
}

/** A job as its client sees it right after its pool said how far it is. */
export async function submittedViewOf(
  deps: JobViewDeps,
  { row, progress }: { readonly row: JobRow; readonly progress: JobProgress | undefined },
): Promise<JobView> {
  if (!progress) return await jobViewOf(deps, row);
  const [view] = await viewsWith(deps, [row], Promise.resolve(new Map([[row.id, progress]])));
  return { ...(view as JobView), result: null };
}
