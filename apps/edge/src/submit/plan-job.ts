/** Everything of a job that is decided before it is admitted. */
import type { PictureKind, RequestOf } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import { currentPriceId, type Price, type PricedWork, priceOf } from '@darkroom/shared/pricing';
import type { Project } from '../db/projects.ts';
import type { NewJob } from '../metering/reserve.ts';
import { type Enhancement, enhancePrompt } from '../prompt/enhance.ts';
import type { RewriteRequest } from '../prompt/rewrite.ts';
import { choosePool } from '../routing/choose-pool.ts';
import type { ChosenModel } from '../routing/models.ts';
import { retentionMsOf } from '../storage/retention.ts';
import type { Pictures } from './pictures.ts';
import type { Submission, SubmitDeps } from './submission.ts';

export interface JobPlan {
  readonly job: NewJob;
  readonly price: Price;
}

const seedBytes = 4;

/** A seed that a person can type again. */
function drawSeed({ random }: Pick<SubmitDeps, 'random'>): number {
  return new DataView(random(seedBytes).buffer).getUint32(0);
}

async function decidePrompt(
  { rewriter, nowMs, reportFailure }: SubmitDeps,
  { prompt, kind, enhance }: RequestOf<PictureKind>,
  { requestId, family }: Pick<Submission, 'requestId'> & Pick<RewriteRequest, 'family'>,
): Promise<Enhancement> {
  return await enhancePrompt(
    { prompt, kind, family, enhance },
    {
      ...(rewriter && { rewriter }),
      now: nowMs,
      startTimer: (callback, delayMs) => {
        const timer = setTimeout(callback, delayMs);
        return () => clearTimeout(timer);
      },
      reportFailure: (cause) =>
        reportFailure(new AppError('dependency_unavailable', { message: 'rewriter', cause }), requestId),
    },
  );
}

/** The work that a request is, once its model and its photo are known. */
export function workOf(
  { request }: Pick<Submission, 'request'>,
  model: Pick<ChosenModel, 'family' | 'steps' | 'side'>,
  { image }: Pictures,
): PricedWork {
  const asked = request.kind === 'generate' ? request : undefined;
  return {
    kind: request.kind,
    family: model.family,
    width: image?.width ?? asked?.width ?? model.side,
    height: image?.height ?? asked?.height ?? model.side,
    // What only looks at a photo takes no steps, and has one answer, whatever pictures belong to it.
    ...('count' in request
      ? { steps: request.steps ?? model.steps, pictures: request.count }
      : { steps: 0, pictures: 1 }),
  };
}

/** The words and the noise of a picture; a kind that makes none from words has neither. */
async function decide(
  deps: SubmitDeps,
  { request, requestId, prompt }: Submission,
  { family }: ChosenModel,
): Promise<Pick<NewJob, 'prompt' | 'seed'>> {
  if (!('enhance' in request) || family === 'vision') return { prompt: null, seed: null };
  return {
    prompt: prompt ?? (await decidePrompt(deps, request, { requestId, family })),
    seed: request.seed ?? drawSeed(deps),
  };
}

/** What a plan rests on. */
export interface PlanGround {
  readonly model: ChosenModel;
  readonly pictures: Pictures;
  readonly project: Project | undefined;
}

/** Decides the prompt, the seed, the price and the times of a job. */
export async function planJob(
  deps: SubmitDeps,
  submission: Submission,
  { model, pictures, project }: PlanGround,
): Promise<JobPlan> {
  const { jobId, principal, requestId, request } = submission;
  const { projectId, identityId: keyId, environment } = principal;
  const decided = await decide(deps, submission, model);
  const retentionMs = retentionMsOf(project, request.retentionSeconds);
  const price = priceOf(
    workOf(submission, model, pictures),
    environment === 'test' ? 'free' : currentPriceId,
  );
  const createdAtMs = deps.nowMs();
  const job: NewJob = {
    id: jobId,
    projectId,
    keyId,
    kind: request.kind,
    pool: choosePool(model.family, projectId),
    requestId,
    request,
    ...decided,
    model: { id: model.id, sha256: model.sha256 },
    createdAtMs,
    deadlineAtMs: createdAtMs + request.expiresInSeconds * 1000,
    eraseAtMs: retentionMs === null ? null : createdAtMs + retentionMs,
  };
  return { job, price };
}
