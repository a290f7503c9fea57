/**
 * Whose job is next: deficit round robin over projects, its quantum so small that rounds are not walked but computed.
 *
 * A project owes what it was given. Who owes least is next; what the next one still owes is forgiven to everyone, which
 * is the round trip that brings its turn. So a burst makes others wait for no more than one of its jobs per free slot,
 * a project that was idle gains nothing by it, and one that sends its jobs one by one jumps no queue.
 */
import type { ProjectRow, QueuedJob } from './pool-rows.ts';
import type { Table } from './turn.ts';

/** Batch jobs that waited so long go with the interactive ones. */
export const ageingMs = 30_000;

function isUrgent({ facts }: QueuedJob, nowMs: number): boolean {
  return facts.priority === 'interactive' || nowMs - facts.enqueuedAtMs >= ageingMs;
}

interface Ticket {
  readonly job: QueuedJob;
  readonly isUrgent: boolean;
  /** What its project will owe when its turn comes. */
  readonly debtMs: number;
}

const byAge = (a: QueuedJob, b: QueuedJob) =>
  a.facts.enqueuedAtMs - b.facts.enqueuedAtMs || (a.facts.id < b.facts.id ? -1 : 1);

const byUrgencyAndAge = (a: QueuedJob, b: QueuedJob, nowMs: number) =>
  Number(isUrgent(b, nowMs)) - Number(isUrgent(a, nowMs)) || byAge(a, b);

/** Jobs in the order in which they would start if no more came. */
export function fairOrder(
  jobs: readonly QueuedJob[],
  debts: Pick<ReadonlyMap<string, ProjectRow>, 'get'>,
  nowMs: number,
): QueuedJob[] {
  const owed = new Map<string, number>();
  const tickets = jobs
    .toSorted((a, b) => byUrgencyAndAge(a, b, nowMs))
    .map((job): Ticket => {
      const { projectId, costMs } = job.facts;
      const debtMs = owed.get(projectId) ?? debts.get(projectId)?.debtMs ?? 0;
      owed.set(projectId, debtMs + costMs);
      return { job, isUrgent: isUrgent(job, nowMs), debtMs };
    });
  return tickets
    .toSorted((a, b) => Number(b.isUrgent) - Number(a.isUrgent) || a.debtMs - b.debtMs || byAge(a.job, b.job))
    .map(({ job }) => job);
}

/** The first of them in fair order, without ordering the others. */
export function firstInFairOrder(
  jobs: readonly QueuedJob[],
  debts: Pick<ReadonlyMap<string, ProjectRow>, 'get'>,
  nowMs: number,
): QueuedJob | undefined {
  // A project's own first owes what it owes now, and its others come behind.
  const firsts = new Map<string, QueuedJob>();
  for (const job of jobs) {
    const first = firsts.get(job.facts.projectId);
    if (!first || byUrgencyAndAge(job, first, nowMs) < 0) firsts.set(job.facts.projectId, job);
  }
  return fairOrder([...firsts.values()], debts, nowMs)[0];
}

/** Writes down that a project's job starts. */
export function chargeProject(projects: Table<ProjectRow>, { facts }: QueuedJob): void {
  const { projectId, costMs } = facts;
  const forgivenMs = projects.get(projectId)?.debtMs ?? 0;
  for (const { id, debtMs } of projects.rows()) {
    if (debtMs <= forgivenMs) projects.delete(id);
    else if (forgivenMs > 0) projects.put(id, { id, debtMs: debtMs - forgivenMs });
  }
  projects.put(projectId, { id: projectId, debtMs: costMs });
}
