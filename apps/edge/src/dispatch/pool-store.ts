/** What a pool keeps in its Durable Object's SQLite: the rows of its tables, and what only offers and people need. */
import type { DurableObjectStorage } from '@cloudflare/workers-types';
import type { HelloFrame } from '@darkroom/shared/contracts/frames';
import type { JobId } from '@darkroom/shared/ids';
import type { JobOrder } from './job-pools.ts';
import { type Changes, emptyPool, type Pool, type PoolTables } from './pool-rows.ts';

/** What a worker said of itself when it was last here. */
export interface Shelf {
  readonly workerId: string;
  readonly models: HelloFrame['models'];
}

type TableName = keyof PoolTables;
type MutablePool = { readonly [T in TableName]: Map<string, PoolTables[T]> } & Pick<Pool, 'limits'>;

const tables = ['jobs', 'workers', 'projects', 'tombstones'] as const satisfies readonly TableName[];

/** A worker that has not been here for so long is forgotten, its models too. */
const shelfMs = 7 * 24 * 3_600_000;

const schema = `
  CREATE TABLE IF NOT EXISTS pool_rows (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)
  );
  CREATE TABLE IF NOT EXISTS payloads (id TEXT PRIMARY KEY, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS shelves (id TEXT PRIMARY KEY, seen_at_ms INTEGER NOT NULL, models TEXT NOT NULL);
`;

/** The rows in memory and on disk; both change together. */
export class PoolStore {
  readonly #storage: DurableObjectStorage;
  readonly #pool: MutablePool;

  constructor(storage: DurableObjectStorage, limits?: Pool['limits']) {
    this.#storage = storage;
    storage.sql.exec(schema);
    this.#pool = {
      jobs: new Map(),
      workers: new Map(),
      projects: new Map(),
      tombstones: new Map(),
      limits: limits ?? emptyPool().limits,
    };
    // Tombstones are dropped from the front: rows come back in the order in which they were first written.
    const rows = storage.sql.exec<{ kind: TableName; id: string; body: string }>(
      'SELECT kind, id, body FROM pool_rows ORDER BY rowid',
    );
    for (const { kind, id, body } of rows)
      (this.#pool[kind] as Map<string, unknown>).set(id, JSON.parse(body));
  }

  get pool(): Pool {
    return this.#pool;
  }

  /** Writes what a turn changed, all or none, with whatever `also` writes; memory follows the disk. */
  save(changes: Changes, also: () => void = () => undefined): void {
    this.#storage.transactionSync(() => {
      for (const kind of tables) for (const [id, row] of changes[kind]) this.#write(kind, id, row);
      for (const [id, row] of changes.jobs)
        if (row === undefined) this.#storage.sql.exec('DELETE FROM payloads WHERE id = ?', id);
      also();
    });
    for (const kind of tables) {
      const rows = this.#pool[kind] as Map<string, unknown>;
      for (const [id, row] of changes[kind]) {
        if (row === undefined) rows.delete(id);
        else rows.set(id, row);
      }
    }
  }

  keepOrder(order: JobOrder): void {
    this.#storage.sql.exec('INSERT INTO payloads VALUES (?, ?)', order.spec.id, JSON.stringify(order));
  }

  order(jobId: JobId): JobOrder | undefined {
    const [row] = this.#storage.sql.exec<{ body: string }>('SELECT body FROM payloads WHERE id = ?', jobId);
    return row && (JSON.parse(row.body) as JobOrder);
  }

  shelve({ workerId, models }: Shelf, nowMs: number): void {
    const { sql } = this.#storage;
    sql.exec('DELETE FROM shelves WHERE seen_at_ms < ?', nowMs - shelfMs);
    sql.exec('INSERT OR REPLACE INTO shelves VALUES (?, ?, ?)', workerId, nowMs, JSON.stringify(models));
  }

  shelves(): Shelf[] {
    const rows = this.#storage.sql.exec<{ id: string; models: string }>(
      'SELECT id, models FROM shelves ORDER BY id',
    );
    return Array.from(rows, ({ id, models }) => ({
      workerId: id,
      models: JSON.parse(models) as Shelf['models'],
    }));
  }

  #write(kind: TableName, id: string, row: unknown): void {
    const { sql } = this.#storage;
    if (row === undefined) sql.exec('DELETE FROM pool_rows WHERE kind = ? AND id = ?', kind, id);
    else {
      sql.exec(
        'INSERT INTO pool_rows VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body',
        kind,
        id,
        JSON.stringify(row),
      );
    }
  }
}
