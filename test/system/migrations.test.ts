import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import * as schema from '@darkroom/edge/db/schema';
import {
  type DrizzleSQLiteSnapshotJSON,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api';
import { expect, test } from 'vitest';

const migrations = new URL('../../migrations/', import.meta.url);

function lastSnapshot(): DrizzleSQLiteSnapshotJSON {
  const snapshots = readdirSync(new URL('meta/', migrations)).filter((name) =>
    name.endsWith('_snapshot.json'),
  );
  return JSON.parse(readFileSync(new URL(`meta/${snapshots.toSorted().at(-1)}`, migrations), 'utf8'));
}

test('the migrations make the schema as it is: npm run db:generate would add nothing', async () => {
  const schemaNow = await generateSQLiteDrizzleJson({ ...schema });
  expect(await generateSQLiteMigration(lastSnapshot(), schemaNow)).toEqual([]);
});

const migrate = (database: DatabaseSync, files: readonly string[]) => {
  for (const file of files) database.exec(readFileSync(new URL(file, migrations), 'utf8'));
};

test('what the first schema holds is carried over: jobs, mask reports and scopes', () => {
  const [first, ...others] = readdirSync(migrations)
    .filter((name) => name.endsWith('.sql'))
    .toSorted();
  using database = new DatabaseSync(':memory:');
  migrate(database, [first ?? '']);
  const insert = (table: string, row: Readonly<Record<string, string | number>>) =>
    database
      .prepare(`INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => '?')})`)
      .run(...Object.values(row));
  const times = { created_at_ms: 5, deadline_at_ms: 9 };
  const price = { price_id: 'free', picture_micros: 7, pictures: 1, steps: 12, reserved_micros: 0 };
  const asked = { request: '{}', prompt: '{"original":"snow"}', seed: 3, model: '{}', request_id: 'r' };
  const job = {
    id: 'j',
    project_id: 'p',
    key_id: 'k',
    kind: 'edit',
    pool: 'q',
    ...asked,
    ...price,
    ...times,
  };
  insert('jobs', job);
  const picture = { object_key: 'o', sha256: 's', size_bytes: 1, mime: 'image/png', width: 2, height: 3 };
  const report = '{"outsidePixels":5,"changedOutsidePixels":0,"lossless":true}';
  insert('job_outputs', { job_id: 'j', position: 0, project_id: 'p', ...picture, maskReport: report });
  insert('job_outputs', { job_id: 'j', position: 1, project_id: 'p', ...picture });
  const key = {
    project_id: 'p',
    name: 'n',
    environment: 'live',
    pepper_version: 1,
    digest: 'd',
    limits: '{}',
  };
  for (const [id, scopes] of [
    ['writer', '["edits:write","jobs:read"]'],
    ['reader', '["jobs:read"]'],
  ] as const)
    insert('keys', { ...key, id, identity_id: id, scopes, created_at_ms: 5 });

  migrate(database, others);

  expect(database.prepare('SELECT * FROM jobs').get()).toMatchObject({ ...job, state: 'queued', fence: 0 });
  expect(database.prepare('SELECT maskReport FROM job_outputs ORDER BY position').all()).toEqual([
    { maskReport: '{"outsidePixels":5,"lossless":true,"changedOutside":0}' },
    { maskReport: null },
  ]);
  expect(database.prepare('SELECT id, scopes FROM keys ORDER BY id').all()).toEqual([
    { id: 'reader', scopes: '["jobs:read"]' },
    { id: 'writer', scopes: '["edits:write","jobs:read","vision:write"]' },
  ]);
});

test('every migration in the journal has its file, and every file is in the journal', () => {
  const journal: { entries: { tag: string }[] } = JSON.parse(
    readFileSync(new URL('meta/_journal.json', migrations), 'utf8'),
  );
  const files = readdirSync(migrations).filter((name) => name.endsWith('.sql'));
  expect(files.toSorted()).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`));
});
