import { type JobList, ListJobsQuery } from '@darkroom/shared/contracts/job-list';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { type Context, Hono } from 'hono';
import { listJobs } from '../db/job-rows.ts';
import type { Deps } from '../deps.ts';
import { type CancelDeps, cancelJob } from '../jobs/cancel-job.ts';
import { foundJob, jobReachOf } from '../jobs/found-job.ts';
import { jobEventsOf } from '../jobs/job-events.ts';
import { jobViewOf, jobViewsOf } from '../jobs/job-view.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { requireScope } from '../middleware/require-scope.ts';
import { eraseJob } from '../storage/erase.ts';

type JobsDeps = CancelDeps & Pick<Deps, 'images'>;
type JobsContext = Context<{ Variables: AuthVariables }>;

/** Jobs of the caller's project: list, see, stream, cancel and delete them. */
export function jobs(deps: JobsDeps): Hono<{ Variables: AuthVariables }> {
  const { db, nowMs } = deps;
  const found = (c: JobsContext) => foundJob(deps, c.get('principal'), c.req.param('id') ?? '');
  return new Hono<{ Variables: AuthVariables }>()
    .get('/', requireScope('jobs:read'), async (c) => {
      const principal = c.get('principal');
      const { limit, ...query } = parseContract(ListJobsQuery, c.req.query());
      const whose = { projectId: principal.projectId, reach: jobReachOf(principal) };
      const rows = await listJobs(db, { ...whose, ...query, limit: limit + 1, nowMs: nowMs() });
      const views = await jobViewsOf(deps, rows.slice(0, limit));
      const next = rows.length > limit ? (views.at(-1)?.id ?? null) : null;
      c.header('cache-control', 'no-store');
      return c.json({ jobs: views, next } satisfies JobList);
    })
    .get('/:id', requireScope('jobs:read'), async (c) => {
      c.header('cache-control', 'no-store');
      return c.json(await jobViewOf(deps, await found(c)));
    })
    .get('/:id/events', requireScope('jobs:read'), async (c) => {
      const events = await jobEventsOf(deps, await found(c), c.req.header('last-event-id'));
      return c.body(events, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    })
    .post('/:id/cancel', requireScope('jobs:cancel'), async (c) => {
      c.header('cache-control', 'no-store');
      return c.json(await jobViewOf(deps, await cancelJob(deps, await found(c))));
    })
    .delete('/:id', requireScope('assets:write'), async (c) => {
      const { projectId, id } = await found(c);
      await eraseJob(deps, projectId, id);
      return c.body(null, 204);
    });
}
