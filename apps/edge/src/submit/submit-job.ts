/** The road of a wish: checked, priced, admitted by the ledger, handed to a pool. */
import { AppError } from '@darkroom/shared/errors';
import { requireJobKind, requireModel } from '../auth/principal.ts';
import { findJob, type JobRow } from '../db/job-rows.ts';
import type { Enqueued } from '../dispatch/job-pools.ts';
import { reserve } from '../metering/reserve.ts';
import { withdraw } from '../metering/withdraw.ts';
import { requireSlot, slotSubject } from '../middleware/concurrency.ts';
import { type ChosenModel, chooseModel } from '../routing/models.ts';
import { shardNames } from '../routing/pools.ts';
import { orderOf } from './order.ts';
import { dropSent, findPictures, keepSent, type Pictures } from './pictures.ts';
import { planJob, workOf } from './plan-job.ts';
import type { Submission, SubmitDeps } from './submission.ts';

/** How long after its deadline a job may still hold its slot, should nobody give it back. */
const slotGraceMs = 120_000;
/** A pool that was just moved or restarted answers the next time. */
const enqueueTries = 3;

/** Other weights would not make the same picture. */
function requireWeights({ id, sha256 }: ChosenModel, weights: string | null | undefined): void {
  if (!weights || !sha256 || sha256 === weights) return;
  const message = `model: ${id} has other weights now (sha256 ${sha256}) than those that made the picture (${weights})`;
  throw new AppError('conflict', { message, details: { field: 'model' } });
}

async function modelFor(
  { pools }: SubmitDeps,
  { principal, request, weights }: Submission,
): Promise<ChosenModel> {
  if (request.model !== undefined) requireModel(principal, request.model);
  const found = await Promise.all(shardNames().map((name) => pools.models(name))).catch((cause: unknown) => {
    throw new AppError('dependency_unavailable', { cause });
  });
  const model = chooseModel(request, found.flat());
  requireModel(principal, model.id);
  requireWeights(model, weights);
  return model;
}

/** Gives back what a refused wish took; what fails here is reported, because the refusal is what the client must see. */
async function undo(deps: SubmitDeps, submission: Submission): Promise<void> {
  const { principal, jobId, requestId } = submission;
  const work = [deps.concurrencyGate.leave(slotSubject(principal), jobId), dropSent(deps, submission)];
  for (const result of await Promise.allSettled(work)) {
    if (result.status === 'fulfilled') continue;
    const options = { message: `job ${jobId}: what it took is not given back`, cause: result.reason };
    deps.reportFailure(new AppError('dependency_unavailable', options), requestId);
  }
}

/** Writes the job's row, or finds the one that another try of the same request wrote. */
async function admit(
  deps: SubmitDeps,
  submission: Submission,
  { model, pictures }: { readonly model: ChosenModel; readonly pictures: Pictures },
): Promise<void> {
  const { job, price } = await planJob(deps, submission, model, pictures);
  const ttlMs = job.deadlineAtMs - job.createdAtMs + slotGraceMs;
  await requireSlot(deps.concurrencyGate, submission.principal, { holder: job.id, ttlMs });
  await reserve(deps.db, job, price).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
  });
}

async function enqueue(
  { pools }: SubmitDeps,
  row: JobRow,
  order: ReturnType<typeof orderOf>,
): Promise<Enqueued> {
  let cause: unknown;
  for (let tries = 0; tries < enqueueTries; tries++) {
    try {
      return await pools.enqueue(row.pool, order);
    } catch (error) {
      cause = error;
    }
  }
  // Whether the pool has it is not known: the same request, sent again, hands it over again.
  throw new AppError('dependency_unavailable', { message: 'the pool does not answer', cause });
}

/** Hands an admitted job to its pool; one that the pool has no room for is taken back whole. */
async function handOver(
  deps: SubmitDeps,
  submission: Submission,
  {
    row,
    pictures,
    model,
  }: { readonly row: JobRow; readonly pictures: Pictures; readonly model: ChosenModel },
): Promise<void> {
  const work = workOf({ request: row.request }, model, pictures);
  const enqueued = await enqueue(deps, row, orderOf(row, pictures, work));
  if (enqueued.isTaken) return;
  await withdraw(deps.db, submission.jobId);
  await undo(deps, submission);
  const { reason, retryAfterMs } = enqueued;
  const message =
    reason === 'project_full'
      ? 'this project has as many jobs waiting as it may'
      : 'as many jobs wait as the pool has room for';
  const details = { policy: reason, retryAfterSeconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) };
  throw new AppError('rate_limited', { message, details });
}

function findRow({ db, nowMs }: SubmitDeps, { principal, jobId }: Submission): Promise<JobRow | undefined> {
  return findJob(db, { projectId: principal.projectId, id: jobId }, nowMs());
}

async function requireRow(deps: SubmitDeps, submission: Submission): Promise<JobRow> {
  const row = await findRow(deps, submission);
  if (row) return row;
  throw new AppError('unavailable', { message: 'the job was taken back meanwhile; try again' });
}

/** The pictures of a wish, stored; when one is refused, none of those that came with it is kept. */
async function picturesFor(deps: SubmitDeps, submission: Submission): Promise<Pictures> {
  try {
    await keepSent(deps, submission);
    return await findPictures(deps, submission.principal, submission.request);
  } catch (error) {
    await dropSent(deps, submission);
    throw error;
  }
}

/**
 * Makes a job of a wish, once, however often it is said: a second try finds the row of the first, and hands it to the
 * pool again in case the first one ended in between.
 *
 * @throws AppError `model_required`, `forbidden`, `not_found`, `conflict`, `insufficient_credit`, `spend_cap_reached`,
 *   `rate_limited` when the key has too many jobs under way or the pool no room: then nothing is kept or billed;
 *   `dependency_unavailable`: the same request, sent again, carries on
 */
export async function submitJob(deps: SubmitDeps, submission: Submission): Promise<JobRow> {
  const { principal, request } = submission;
  requireJobKind(principal, request.kind);
  const known = await findRow(deps, submission);
  if (known && known.finishedAtMs !== null) return known;
  const model = await modelFor(deps, submission);
  const pictures = await picturesFor(deps, submission);
  if (!known) {
    await admit(deps, submission, { model, pictures }).catch(async (error: unknown) => {
      await undo(deps, submission);
      throw error;
    });
  }
  const row = known ?? (await requireRow(deps, submission));
  await handOver(deps, submission, { row, pictures, model });
  return row;
}
