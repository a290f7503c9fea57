/** Jobs as a list. */
import { z } from 'zod';
import { JobId } from '../ids.ts';
import { jobKinds } from './job-request.ts';
import { JobState, JobView } from './job-view.ts';
import { pageLimit } from './page.ts';

/** Ask for a list of jobs. */
export const ListJobsQuery = z.strictObject({
  limit: pageLimit,
  after: JobId.describe('The next of the list before; absent = from the newest on.').optional(),
  status: JobState.describe('Only jobs in this state; absent = in any.').optional(),
  kind: z.enum(jobKinds).describe('Only jobs of this kind; absent = of any.').optional(),
});
export type ListJobsQuery = z.infer<typeof ListJobsQuery>;

/** Jobs of a project, the newest first. */
export const JobList = z.object({
  jobs: z.array(JobView).max(100).describe('The jobs, the newest first.'),
  next: JobId.nullable().describe('What to send as after to get the next ones; null = there are no more.'),
});
export type JobList = z.infer<typeof JobList>;
