/** A project with a key and money, and jobs to spend it on, for tests that run in workerd. */

import { env } from 'cloudflare:workers';
import { type Budget, findBudget, setCap } from '@darkroom/edge/db/budgets';
import { type Database, openDatabase } from '@darkroom/edge/db/database';
import { jobs } from '@darkroom/edge/db/schema';
import { type NewJob, reserve } from '@darkroom/edge/metering/reserve';
import { EditRequest } from '@darkroom/shared/contracts/job-request';
import { type JobId, makeId } from '@darkroom/shared/ids';
import type { Price } from '@darkroom/shared/pricing';
import { eq } from 'drizzle-orm';

export const startMs = 1_700_000_000_000;

let drawn = 0;
/** An id that no other test of the file has. */
function freshId(prefix: 'job' | 'asset'): string {
  drawn += 1;
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setUint32(6, drawn);
  return makeId(prefix, startMs, bytes);
}

/** One picture of ten steps that costs so much. */
export function priceOfMicros(pictureMicros: number): Price {
  return { priceId: '2026-11', pictureMicros, pictures: 1, steps: 10 };
}

export interface Caps {
  readonly project?: number;
  readonly key?: number;
}

/** A project with one key, and what tests do with them. */
export class Ledger {
  readonly db: Database = openDatabase(env.DB);
  readonly projectId: string = `project-${freshId('job')}`;
  readonly keyId: string = `key-${freshId('job')}`;

  static async open(caps: Caps = {}): Promise<Ledger> {
    const ledger = new Ledger();
    const { db, projectId } = ledger;
    await setCap(db, { projectId, holderId: projectId }, caps.project ?? null);
    await ledger.capKey(ledger.keyId, caps.key ?? null);
    return ledger;
  }

  async capKey(keyId: string, capMicros: number | null): Promise<void> {
    await setCap(this.db, { projectId: this.projectId, holderId: keyId }, capMicros);
  }

  newJob(changes: Partial<NewJob> = {}): NewJob & { readonly id: JobId } {
    const request = EditRequest.parse({ kind: 'edit', image: freshId('asset'), prompt: 'make it snow' });
    return {
      id: freshId('job'),
      projectId: this.projectId,
      keyId: this.keyId,
      kind: 'edit',
      pool: 'embedded',
      requestId: 'r1',
      request,
      prompt: { original: request.prompt, enhanced: null },
      seed: 1,
      model: { id: 'darkroom/edit', sha256: null },
      createdAtMs: startMs,
      deadlineAtMs: startMs + 60_000,
      ...changes,
    };
  }

  /** Admits a job and gives its id. */
  async admit(price: Price, changes: Partial<NewJob> = {}): Promise<JobId> {
    const job = this.newJob(changes);
    await reserve(this.db, job, price);
    return job.id;
  }

  async job(id: JobId): Promise<typeof jobs.$inferSelect | undefined> {
    const [row] = await this.db.select().from(jobs).where(eq(jobs.id, id));
    return row;
  }

  /** The project's own budget, or that of a key. */
  async budget(holderId: string = this.projectId): Promise<Pick<Budget, 'spentMicros' | 'reservedMicros'>> {
    const budget = await findBudget(this.db, { projectId: this.projectId, holderId });
    if (!budget) throw new TypeError(`expected a budget of ${holderId}`);
    return { spentMicros: budget.spentMicros, reservedMicros: budget.reservedMicros };
  }
}
