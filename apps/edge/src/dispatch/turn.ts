/** One step of a pool in the making. */
import type { LeaseRef } from '@darkroom/shared/contracts/frames';
import type { Effect, SmallPoolFrame } from './pool-event.ts';
import type { Changes, JobRow, Pool, ProjectRow, Tombstone, WorkerRow } from './pool-rows.ts';

/** Rows as they stand in the middle of a turn: what it wrote lies over what was there. */
export class Table<Row> {
  readonly #before: ReadonlyMap<string, Row>;
  readonly changes: Map<string, Row | undefined> = new Map();
  /** A pool asks for all rows several times a turn, and has thousands. */
  #rows: readonly Row[] | undefined;

  constructor(before: ReadonlyMap<string, Row>) {
    this.#before = before;
  }

  get(id: string): Row | undefined {
    return this.changes.has(id) ? this.changes.get(id) : this.#before.get(id);
  }

  put(id: string, row: Row): void {
    this.changes.set(id, row);
    this.#rows = undefined;
  }

  delete(id: string): void {
    this.changes.set(id, undefined);
    this.#rows = undefined;
  }

  /** The rows as they are now, those that were there before in their order, then the new ones. */
  *entries(): Generator<[string, Row]> {
    for (const id of this.#before.keys()) {
      const row = this.get(id);
      if (row !== undefined) yield [id, row];
    }
    for (const [id, row] of this.changes) {
      if (row !== undefined && !this.#before.has(id)) yield [id, row];
    }
  }

  /** All of them at once, in the same order. */
  rows(): readonly Row[] {
    this.#rows ??= this.#list();
    return this.#rows;
  }

  #list(): readonly Row[] {
    if (this.changes.size === 0) return [...this.#before.values()];
    const rows: Row[] = [];
    for (const [id, before] of this.#before) {
      const row = this.changes.has(id) ? this.changes.get(id) : before;
      if (row !== undefined) rows.push(row);
    }
    for (const [id, row] of this.changes) if (row !== undefined && !this.#before.has(id)) rows.push(row);
    return rows;
  }
}

/** The time, the tables as they change, and what the world is asked to do. */
export class Turn {
  readonly nowMs: number;
  readonly limits: Pool['limits'];
  readonly jobs: Table<JobRow>;
  readonly workers: Table<WorkerRow>;
  readonly projects: Table<ProjectRow>;
  readonly tombstones: Table<Tombstone>;
  readonly effects: Effect[] = [];

  constructor(pool: Pool, nowMs: number) {
    this.nowMs = nowMs;
    this.limits = pool.limits;
    this.jobs = new Table(pool.jobs);
    this.workers = new Table(pool.workers);
    this.projects = new Table(pool.projects);
    this.tombstones = new Table(pool.tombstones);
  }

  get changes(): Changes {
    return {
      jobs: this.jobs.changes,
      workers: this.workers.changes,
      projects: this.projects.changes,
      tombstones: this.tombstones.changes,
    };
  }

  emit(effect: Effect): void {
    this.effects.push(effect);
  }

  send(workerId: string, frame: SmallPoolFrame): void {
    this.emit({ type: 'send', workerId, frame });
  }
}

/** A job's current lease, as frames name it. */
export function leaseOf({ facts }: JobRow): LeaseRef {
  return { jobId: facts.id, fence: facts.fence };
}
