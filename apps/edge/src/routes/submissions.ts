import type { JobKind } from '@darkroom/shared/contracts/job-request';
import type { JobView } from '@darkroom/shared/contracts/job-view';
import type { Scope } from '@darkroom/shared/contracts/scopes';
import { AppError } from '@darkroom/shared/errors';
import { idRandomBytes, JobId, makeId } from '@darkroom/shared/ids';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { findJob } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';
import { foundJob } from '../jobs/found-job.ts';
import { jobViewOf, submittedViewOf } from '../jobs/job-view.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { type IdempotencyVariables, idempotency } from '../middleware/idempotency.ts';
import { readPreferWait } from '../middleware/request-headers.ts';
import { requireScope } from '../middleware/require-scope.ts';
import { rememberModels } from '../routing/remembered-models.ts';
import { readSubmission } from '../submit/read-submission.ts';
import { repeatOf } from '../submit/repeat.ts';
import type { Submission, SubmitDeps } from '../submit/submission.ts';
import { submitJob } from '../submit/submit-job.ts';

type SubmissionsDeps = Omit<SubmitDeps, 'models'> & Pick<Deps, 'idempotencyStore'>;
type Variables = AuthVariables & IdempotencyVariables & RequestIdVariables;
type SubmissionContext = Context<{ Variables: Variables }>;

/** The kind of job of each path, and who may submit it. */
const kinds: readonly (readonly [path: string, kind: JobKind, scope: Scope])[] = [
  ['/edits', 'edit', 'edits:write'],
  ['/generations', 'generate', 'edits:write'],
  ['/img2img', 'img2img', 'edits:write'],
  ['/inpaints', 'inpaint', 'edits:write'],
  ['/segmentations', 'segment', 'vision:write'],
  ['/detections', 'detect', 'vision:write'],
  ['/captions', 'caption', 'vision:write'],
  ['/similarities', 'similarity', 'vision:write'],
];

/** Answers with a job: 201 if it has ended, 202 if not. */
function answer(c: SubmissionContext, view: JobView): Response {
  c.header('location', `/v1/jobs/${view.id}`);
  c.header('cache-control', 'no-store');
  return c.json(view, view.finishedAt === null ? 202 : 201);
}

/**
 * Waits for the end of the submitted job as long as the client would. It stands before what remembers answers, so that
 * a repeated request waits too, and nobody takes one that waits for one that is still being worked on.
 */
function waitForEnd(deps: SubmissionsDeps): MiddlewareHandler<{ Variables: Variables }> {
  return async function waitForEnd(c, next) {
    const waitSeconds = readPreferWait(c.req.header('prefer'));
    await next();
    if (waitSeconds === undefined || !c.res.ok) return;
    const id = JobId.parse(c.res.headers.get('location')?.split('/').at(-1));
    const { projectId } = c.get('principal');
    const job = await findJob(deps.db, { projectId, id }, deps.nowMs());
    // The job is on its way whether or not its pool can be asked when it ends.
    if (job) await deps.pools.waitForEnd(job.pool, id, waitSeconds * 1000).catch(() => undefined);
    const row = await findJob(deps.db, { projectId, id }, deps.nowMs());
    if (!row) throw new AppError('unavailable', { message: 'the job was taken back meanwhile; try again' });
    c.res = answer(c, await jobViewOf(deps, row));
    c.header('preference-applied', `wait=${waitSeconds}`);
  };
}

/** `POST` to a kind's path submits a job of it; to a job's `reproduce` one that does the same again. */
export function submissions(deps: SubmissionsDeps): Hono<{ Variables: Variables }> {
  const { nowMs, random } = deps;
  const once = idempotency({
    ...deps,
    newResourceId: () => makeId('job', nowMs(), random(idRandomBytes)),
    newClaimId: () => crypto.randomUUID(),
  });
  const wait = waitForEnd(deps);
  const wishOf = (c: SubmissionContext) => ({
    jobId: JobId.parse(c.get('resourceId')),
    principal: c.get('principal'),
    requestId: c.get('requestId'),
  });
  const submitDeps = { ...deps, models: rememberModels(deps.pools, deps) };
  const submit = async (c: SubmissionContext, submission: Submission) =>
    answer(c, await submittedViewOf(deps, await submitJob(submitDeps, submission)));
  const routes = new Hono<{ Variables: Variables }>();
  for (const [path, kind, scope] of kinds) {
    routes.post(path, requireScope(scope), wait, once, async (c) => {
      const wish = wishOf(c);
      const read = await readSubmission(c.req, kind, wish.jobId);
      return await submit(c, { ...wish, ...read });
    });
  }
  return routes.post('/jobs/:id/reproduce', requireScope('edits:write'), wait, once, async (c) => {
    const wish = wishOf(c);
    const first = await foundJob(deps, wish.principal, c.req.param('id'));
    return await submit(c, { ...wish, ...repeatOf(first) });
  });
}
