// Which changes of the schema there are, and whether a state folder's database has all of them.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalSecrets } from './local-secrets.ts';
import { persistFolder, projectRoot } from './state-folder.ts';

/** Where the changes lie, a file each. */
export const migrationFolder: string = join(projectRoot, 'migrations');

// Beside the database, so that it goes where the database goes.
const notePath = (folder: string) => join(persistFolder(folder), 'prepared.json');

/** The changes in their order. */
export async function migrationNames(): Promise<string[]> {
  return (await readdir(migrationFolder)).filter((name) => name.endsWith('.sql')).sort();
}

/** Notes that the folder's database has all changes and lets the key in. */
export async function notePrepared(folder: string, secrets: LocalSecrets): Promise<void> {
  await writeFile(notePath(folder), await noteOf(secrets));
}

/** Whether that was noted: asking the database itself takes seconds. */
export async function isPrepared(folder: string, secrets: LocalSecrets): Promise<boolean> {
  const note = await readFile(notePath(folder), 'utf8').catch(() => undefined);
  return note === (await noteOf(secrets));
}

/** What distinguishes one prepared database from another; of the key the part that is no secret. */
async function noteOf({ apiKey }: LocalSecrets): Promise<string> {
  const keyId = apiKey.split('_')[2];
  return `${JSON.stringify({ migrations: await migrationNames(), keyId })}\n`;
}
