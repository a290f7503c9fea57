/** The road of a wish: checked, priced, admitted by the ledger, handed to a pool. */
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import { AppError } from '@darkroom/shared/errors';
import { requireJobKind, requireModel } from '../auth/principal.ts';
import { type AdmissionFacts, readAdmissionFacts } from '../db/admission-facts.ts';
import { findJob, type JobRow } from '../db/job-rows.ts';
import type { Enqueued } from '../dispatch/job-pools.ts';
import { reserve } from '../metering/reserve.ts';
import { withdraw } from '../metering/withdraw.ts';
import { requireSlot, slotSubject } from '../middleware/concurrency.ts';
import { type ChosenModel, chooseModel } from '../routing/models.ts';
import { orderOf } from './order.ts';
import { assetsNamedBy, dropSent, keepSent, type Pictures, picturesOf } from './pictures.ts';
import { type PlanGround, planJob, workOf } from './plan-job.ts';
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

/** The model of a wish. What no pool has told of lately is asked for: a worker may have brought it meanwhile. */
async function chosenModel(
  { models }: SubmitDeps,
  { request, weights }: Pick<Submission, 'request' | 'weights'>,
): Promise<ChosenModel> {
  const { recent } = models;
  if (recent && weights === undefined) {
    try {
      return chooseModel(request, recent);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  const found = await models.ask().catch((cause: unknown) => {
    throw new AppError('dependency_unavailable', { cause });
  });
  return chooseModel(request, found);
}

async function modelFor(deps: SubmitDeps, submission: Submission): Promise<ChosenModel> {
  const { principal, request, weights } = submission;
  if (request.model !== undefined) requireModel(principal, request.model);
  const model = await chosenModel(deps, submission);
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

/** Writes the job's row, or finds the one that another try of the same request wrote meanwhile. */
async function admit(deps: SubmitDeps, submission: Submission, ground: PlanGround): Promise<JobRow> {
  const { job, price } = await planJob(deps, submission, ground);
  const ttlMs = job.deadlineAtMs - job.createdAtMs + slotGraceMs;
  await requireSlot(deps.concurrencyGate, submission.principal, { holder: job.id, ttlMs });
  return await reserve(deps.db, job, price).catch(async (error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
    return await requireRow(deps, submission);
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
): Promise<JobProgress | undefined> {
  const work = workOf({ request: row.request }, model, pictures);
  const enqueued = await enqueue(deps, row, orderOf(row, pictures, work));
  if (enqueued.isTaken) return enqueued.progress;
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

async function requireRow({ db, nowMs }: SubmitDeps, { principal, jobId }: Submission): Promise<JobRow> {
  const row = await findJob(db, { projectId: principal.projectId, id: jobId }, nowMs());
  if (row) return row;
  throw new AppError('unavailable', { message: 'the job was taken back meanwhile; try again' });
}

/** The pictures of a wish, stored; when one is refused, none of those that came with it is kept. */
async function picturesFor(
  deps: SubmitDeps,
  submission: Submission,
  { assets, project }: AdmissionFacts,
): Promise<Pictures> {
  const { principal, request } = submission;
  try {
    const kept = await keepSent(deps, submission, project);
    return picturesOf(request, { principal, assets: [...kept, ...assets] });
  } catch (error) {
    await dropSent(deps, submission);
    throw error;
  }
}

/** A job of a wish. */
export interface Submitted {
  readonly row: JobRow;
  /** As its pool said when it took the job; undefined = it had ended before. */
  readonly progress: JobProgress | undefined;
}

/**
 * Makes a job of a wish, once, however often it is said: a second try finds the row of the first, and hands it to the
 * pool again in case the first one ended in between.
 *
 * @throws AppError `model_required`, `forbidden`, `not_found`, `conflict`, `insufficient_credit`, `spend_cap_reached`,
 *   `rate_limited` when the key has too many jobs under way or the pool no room: then nothing is kept or billed;
 *   `dependency_unavailable`: the same request, sent again, carries on
 */
export async function submitJob(deps: SubmitDeps, submission: Submission): Promise<Submitted> {
  const { principal, request, jobId } = submission;
  requireJobKind(principal, request.kind);
  const name = { projectId: principal.projectId, jobId, assetIds: assetsNamedBy(request) };
  const facts = await readAdmissionFacts(deps.db, name, deps.nowMs());
  const { job: known, project } = facts;
  if (known && known.finishedAtMs !== null) return { row: known, progress: undefined };
  const model = await modelFor(deps, submission);
  const pictures = await picturesFor(deps, submission, facts);
  const row =
    known ??
    (await admit(deps, submission, { model, pictures, project }).catch(async (error: unknown) => {
      await undo(deps, submission);
      throw error;
    }));
  return { row, progress: await handOver(deps, submission, { row, pictures, model }) };
}
