// What a platform wrote down, read from the files that it left: nothing that could be wrong stands in between.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Rows of the tables that must agree with each other. */
export interface Books {
  readonly jobs: readonly {
    readonly id: string;
    readonly keyId: string;
    readonly state: string;
    readonly fence: number;
    readonly pictures: number;
    readonly chargedMicros: number;
    readonly reservedMicros: number;
    readonly error: string | null;
  }[];
  readonly usage: readonly { readonly jobId: string; readonly item: string; readonly micros: number }[];
  readonly outputs: readonly { readonly jobId: string; readonly objectKey: string }[];
  readonly outbox: readonly { readonly subjectId: string; readonly topic: string }[];
  readonly budgets: readonly {
    readonly holderId: string;
    readonly capMicros: number | null;
    readonly spentMicros: number;
    readonly reservedMicros: number;
  }[];
  /** Keys of the objects below `out/`. */
  readonly objects: readonly string[];
}

const queries = {
  jobs: `SELECT id, key_id AS keyId, state, fence, pictures, charged_micros AS chargedMicros,
    reserved_micros AS reservedMicros, error FROM jobs`,
  usage: 'SELECT job_id AS jobId, item, micros FROM usage',
  outputs: 'SELECT job_id AS jobId, object_key AS objectKey FROM job_outputs',
  outbox: `SELECT subject_id AS subjectId, topic FROM outbox WHERE topic LIKE 'job.%'`,
  budgets: `SELECT holder_id AS holderId, cap_micros AS capMicros, spent_micros AS spentMicros,
    reserved_micros AS reservedMicros FROM budgets`,
} as const;

/** Reads the books of a platform that has stopped. @param folder that its runtime kept its state in */
export async function readBooks(folder: string): Promise<Books> {
  using database = await openWith('jobs', join(folder, 'v3/d1/miniflare-D1DatabaseObject'));
  using store = await openWith('_mf_objects', join(folder, 'v3/r2/miniflare-R2BucketObject'));
  const rows = (sql: string) => database.prepare(sql).all();
  const tables = Object.fromEntries(Object.entries(queries).map(([name, sql]) => [name, rows(sql)]));
  const kept = store.prepare(`SELECT key FROM _mf_objects WHERE key LIKE 'out/%'`).all();
  // The queries name every column as the rows do.
  return { ...(tables as unknown as Omit<Books, 'objects'>), objects: kept.map(({ key }) => String(key)) };
}

/** The database of a folder that has this table; the runtime names its files by digests. */
async function openWith(table: string, folder: string): Promise<DatabaseSync> {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.sqlite')) continue;
    const database = new DatabaseSync(join(folder, name));
    const found = database.prepare('SELECT 1 FROM sqlite_master WHERE name = ?').get(table);
    if (found) return database;
    database.close();
  }
  throw new TypeError(`${folder}: expected a database with the table ${table}`);
}
