/** Keys as D1 keeps them: every change counts up the version by which isolates notice it, in the same batch. */
import type { KeyId } from '@darkroom/shared/contracts/api-key';
import { Scope } from '@darkroom/shared/contracts/scopes';
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { KeyRecord, KeyStore } from '../auth/key-record.ts';
import type { Reroll } from '../auth/reroll.ts';
import { setCap } from './budgets.ts';
import type { Database } from './database.ts';
import { counters, keys } from './schema.ts';
import { selectRow } from './select-row.ts';

type KeyRow = typeof keys.$inferSelect;

const versionName = 'revocationVersion';

/** Keys that a list holds at most. */
const maxListed = 1000;

/** A scope that this version no longer knows lets nobody do anything. */
const knownScopes = (names: readonly string[]): Scope[] =>
  names.flatMap((name) => Scope.safeParse(name).data ?? []);

function recordOf({ pepperVersion, digest, scopes, ...row }: KeyRow): KeyRecord {
  return { ...row, hash: { pepperVersion, digest }, scopes: knownScopes(scopes) };
}

function rowOf({ hash, scopes, models, ...record }: KeyRecord): KeyRow {
  return { ...record, ...hash, scopes: [...scopes], models: models && [...models] };
}

/** Tells all isolates that some key changed. */
const countChange = (db: Database) =>
  db
    .insert(counters)
    .values({ name: versionName, value: 1 })
    .onConflictDoUpdate({ target: counters.name, set: { value: sql`${counters.value} + 1` } });

/** Keys by their ids, for authentication. */
export function d1KeyStore(db: Database): KeyStore {
  return {
    async find(id) {
      const [row] = await db.select().from(keys).where(eq(keys.id, id));
      return row && recordOf(row);
    },
    async rehash(id, from, to) {
      const isAsRead = and(
        eq(keys.id, id),
        eq(keys.digest, from.digest),
        eq(keys.pepperVersion, from.pepperVersion),
      );
      await db.batch([db.update(keys).set(to).where(isAsRead), countChange(db)]);
    },
    async revocationVersion() {
      const [counter] = await db.select().from(counters).where(eq(counters.name, versionName));
      return counter?.value ?? 0;
    },
  };
}

/** Which key of which project. */
export interface KeyName {
  readonly projectId: string;
  readonly id: KeyId;
}

const isNamed = ({ projectId, id }: KeyName) => and(eq(keys.projectId, projectId), eq(keys.id, id));

/** A project's key, if it has it. */
export async function findKey(db: Database, name: KeyName): Promise<KeyRecord | undefined> {
  const [row] = await db.select().from(keys).where(isNamed(name));
  return row && recordOf(row);
}

/** A project's keys, the newest first; of very many the newest thousand. */
export async function listKeys(db: Database, projectId: string): Promise<KeyRecord[]> {
  const rows = await db
    .select()
    .from(keys)
    .where(eq(keys.projectId, projectId))
    .orderBy(desc(keys.createdAtMs), desc(keys.id))
    .limit(maxListed);
  return rows.map(recordOf);
}

/** Sets what a key's line may spend in all. */
const setKeyCap = (db: Database, { projectId, identityId, limits }: KeyRecord) =>
  setCap(db, { projectId, holderId: identityId }, limits.spendCapMicros);

/** Stores a new key, after its budget was opened: a key without one would not be held to its cap. */
export async function insertKey(db: Database, record: KeyRecord): Promise<void> {
  await setKeyCap(db, record);
  await db.batch([db.insert(keys).values(rowOf(record)), countChange(db)]);
}

/** What an owner can change of a key. */
export type KeyChanges = Partial<Pick<KeyRecord, 'name' | 'disabledAtMs' | 'limits' | 'revokedAtMs'>>;

/** Changes a key that is not revoked; undefined = there is none. */
export async function updateKey(
  db: Database,
  name: KeyName,
  changes: KeyChanges,
): Promise<KeyRecord | undefined> {
  const isOpen = and(isNamed(name), isNull(keys.revokedAtMs));
  const [rows] = await db.batch([db.update(keys).set(changes).where(isOpen).returning(), countChange(db)]);
  const record = rows[0] && recordOf(rows[0]);
  if (record && changes.limits) await setKeyCap(db, record);
  return record;
}

/** Revokes a key for ever; false = there is none, or it is revoked already. */
export async function revokeKey(db: Database, name: KeyName, nowMs: number): Promise<boolean> {
  return (await updateKey(db, name, { revokedAtMs: nowMs })) !== undefined;
}

/** Writes both sides of a reroll at once; false = someone replaced or revoked the key meanwhile. */
export async function storeReroll(db: Database, { replaced, successor }: Reroll): Promise<boolean> {
  const { expiresAtMs, revokedAtMs, replacedById } = replaced;
  const isStillOpen = and(isNamed(replaced), isNull(keys.replacedById), isNull(keys.revokedAtMs));
  const [rows] = await db.batch([
    db
      .update(keys)
      .set({ expiresAtMs, revokedAtMs, replacedById })
      .where(isStillOpen)
      .returning({ id: keys.id }),
    db
      .insert(keys)
      .select(
        selectRow(
          keys,
          rowOf(successor),
          sql`WHERE EXISTS (SELECT 1 FROM ${keys} WHERE ${eq(keys.id, replaced.id)} AND ${eq(keys.replacedById, successor.id)})`,
        ),
      ),
    countChange(db),
  ]);
  return rows.length > 0;
}
