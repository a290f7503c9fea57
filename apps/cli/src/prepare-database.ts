// Brings the database of a state folder up to date and lets the local key in; a process of its own, because what it
// loads is large and needed for a moment.
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { D1Database } from '@cloudflare/workers-types';
import { parseApiKey } from '@darkroom/edge/auth/api-key';
import { createKeyHasher } from '@darkroom/edge/auth/key-hash';
import { setCap } from '@darkroom/edge/db/budgets';
import { type Database, openDatabase } from '@darkroom/edge/db/database';
import { findKey, insertKey } from '@darkroom/edge/db/keys';
import { insertProject } from '@darkroom/edge/db/projects';
import { scopes } from '@darkroom/shared/contracts/scopes';
import { getPlatformProxy, unstable_readConfig } from 'wrangler';
import { pepperVersion } from './edge-vars.ts';
import type { LocalSecrets } from './local-secrets.ts';
import { migrationFolder, migrationNames, notePrepared } from './migrations.ts';
import { openSecrets, persistFolder, projectRoot } from './state-folder.ts';

/** Owns everything that is made on a local platform. */
const projectId = 'local';
/** Enough for tests of load: the machine is the caller's own. */
const limits = { requestsPerMinute: 100_000, concurrency: 1000, spendCapMicros: null };

/** As wrangler itself counts what it has applied, so that its own commands go on from here. */
const bookkeeping = `CREATE TABLE IF NOT EXISTS d1_migrations (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
)`;

if (import.meta.main) await prepareDatabase(process.argv[2] ?? '');

async function prepareDatabase(folder: string): Promise<void> {
  const secrets = await openSecrets(folder);
  const { name, compatibility_date, d1_databases } = unstable_readConfig(
    { config: join(projectRoot, 'wrangler.toml') },
    { hideWarnings: true },
  );
  // The database alone: the rest of the Worker would want its Durable Objects.
  await using scratch = await mkdtempDisposable(join(tmpdir(), 'darkroom-database-'));
  const configPath = join(scratch.path, 'wrangler.json');
  await writeFile(configPath, JSON.stringify({ name, compatibility_date, d1_databases }));
  const persist = { path: join(persistFolder(folder), 'v3') };
  const proxy = await getPlatformProxy<{ DB: D1Database }>({ configPath, envFiles: [], persist });
  try {
    await migrate(proxy.env.DB);
    await letIn(openDatabase(proxy.env.DB), secrets);
  } finally {
    await proxy.dispose();
  }
  await notePrepared(folder, secrets);
}

async function migrate(database: D1Database): Promise<void> {
  await database.prepare(bookkeeping).run();
  const { results } = await database.prepare('SELECT name FROM d1_migrations').all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  for (const name of await migrationNames()) {
    if (applied.has(name)) continue;
    const text = await readFile(join(migrationFolder, name), 'utf8');
    const statements = text.split('--> statement-breakpoint').map((sql) => database.prepare(sql));
    const note = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    await database.batch([...statements, note]);
  }
}

/** Makes the project and its first key, unless they are there: nobody has a key yet that could make them over HTTP. */
async function letIn(db: Database, { apiKey, pepper }: LocalSecrets): Promise<void> {
  const key = parseApiKey(apiKey);
  if (key === undefined) throw new TypeError('apiKey: expected a key');
  if (await findKey(db, { projectId, id: key.id })) return;
  const createdAtMs = Date.now();
  const secret = Uint8Array.from(Buffer.from(pepper, 'base64url'));
  await insertProject(db, { id: projectId, name: 'Local', createdAtMs, retentionMs: null });
  await setCap(db, { projectId, holderId: projectId }, null);
  await insertKey(db, {
    id: key.id,
    identityId: key.id,
    projectId,
    name: 'local',
    environment: key.environment,
    hash: await createKeyHasher([{ version: pepperVersion, secret }]).hash(apiKey),
    scopes,
    models: null,
    limits,
    createdAtMs,
    expiresAtMs: null,
    revokedAtMs: null,
    disabledAtMs: null,
    replacedById: null,
  });
}
