/** The rows of jobs once they are there; those that make them are submissions. */
import { gone, json } from './answers.ts';
import type { Operation } from './operation.ts';

const tag = 'Jobs';
const names = { id: 'JobId' } as const;

export const jobOperations: readonly Operation[] = [
  {
    id: 'listJobs',
    method: 'GET',
    path: '/v1/jobs',
    tag,
    access: 'jobs:read',
    summary: 'List jobs',
    query: 'ListJobsQuery',
    answers: { 200: json('JobList', 'Jobs, the newest first, each with fresh addresses of its pictures.') },
  },
  {
    id: 'getJob',
    method: 'GET',
    path: '/v1/jobs/:id',
    tag,
    access: 'jobs:read',
    summary: 'See a job',
    description: 'The addresses of its pictures end after a while; asking again gives fresh ones.',
    names,
    answers: { 200: json('JobView', 'The job as it stands.') },
  },
  {
    id: 'streamJob',
    method: 'GET',
    path: '/v1/jobs/:id/events',
    tag,
    access: 'jobs:read',
    summary: 'Follow a job',
    description:
      'Server-sent events up to the job’s end: `queued`, `starting` and `progress` carry a JobProgress, `preview` a small picture in base64, and the last one, which is named by the state that the job ended in, its `id` and `status`. A stream that broke off goes on behind `Last-Event-ID`; that of a job that has ended is its last event alone.',
    names,
    headers: ['last-event-id'],
    answers: { 200: { meaning: 'The events.', content: { 'text/event-stream': 'text' } } },
  },
  {
    id: 'cancelJob',
    method: 'POST',
    path: '/v1/jobs/:id/cancel',
    tag,
    access: 'jobs:cancel',
    summary: 'Cancel a job',
    description:
      'A job that waits ends at once and costs nothing. One that runs stops within a step, after this answer, and costs the steps that it did. One that has ended stays as it is.',
    names,
    answers: { 200: json('JobView', 'The job as it stands.') },
  },
  {
    id: 'deleteJob',
    method: 'DELETE',
    path: '/v1/jobs/:id',
    tag,
    access: 'assets:write',
    summary: 'Delete a job',
    description:
      'Its pictures are erased at once, and their addresses end. What it cost stays in the books, and the photo that it was made from stays where it is. A job that has not ended must be canceled first.',
    names,
    answers: { 204: gone },
    errors: ['conflict'],
  },
];
