import { readdirSync, readFileSync } from 'node:fs';
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

test('every migration in the journal has its file, and every file is in the journal', () => {
  const journal: { entries: { tag: string }[] } = JSON.parse(
    readFileSync(new URL('meta/_journal.json', migrations), 'utf8'),
  );
  const files = readdirSync(migrations).filter((name) => name.endsWith('.sql'));
  expect(files.toSorted()).toEqual(journal.entries.map(({ tag }) => `${tag}.sql`));
});
