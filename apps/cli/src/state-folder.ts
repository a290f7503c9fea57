// The folder of a local platform: its secrets, its database, its logs, and who runs on it.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { LocalSecrets, makeSecrets } from './local-secrets.ts';

/** Root of this project. */
export const projectRoot: string = fileURLToPath(new URL('../../..', import.meta.url));
/** Where the platform of this project keeps its state. */
export const defaultStateFolder: string = join(projectRoot, '.darkroom');

/** Who runs on a state folder. */
const Running = z.object({
  pid: z.int().min(1).describe('Process id of the one that started the platform.'),
  isTemporary: z.boolean().describe('Whether it stops as soon as its own work is done.'),
  url: z.url().nullable().describe('Where the platform answers; null = it is not ready yet.'),
});
export type Running = z.infer<typeof Running>;

const onlyOwner = { mode: 0o600 } as const;
const secretsPath = (folder: string) => join(folder, 'secrets.json');
const runningPath = (folder: string) => join(folder, 'running.json');

/** Where wrangler keeps what it was told to persist. */
export const persistFolder = (folder: string): string => join(folder, 'state');
/** The edge's variables. */
export const envFilePath = (folder: string): string => join(folder, 'edge.env');
/** Results that a worker could not deliver yet. */
export const workerFolder = (folder: string): string => join(folder, 'worker');
/** One file for each process. */
export const logFolder = (folder: string): string => join(folder, 'logs');

/** Makes the folder, readable by its owner alone. */
export async function makeStateFolder(folder: string): Promise<void> {
  await mkdir(logFolder(folder), { recursive: true, mode: 0o700 });
}

/** Deletes what platforms keep in the folder, and nothing else that may lie there. */
export async function emptyStateFolder(folder: string): Promise<void> {
  const paths = [secretsPath, persistFolder, envFilePath, workerFolder, logFolder].map((path) =>
    path(folder),
  );
  await Promise.all(paths.map((path) => rm(path, { recursive: true, force: true })));
  await makeStateFolder(folder);
}

/** The folder's secrets, made at its first use. @throws misconfigured when their file is damaged */
export async function openSecrets(folder: string): Promise<LocalSecrets> {
  const path = secretsPath(folder);
  const text = await readIfThere(path);
  if (text !== undefined) return parseSecrets(text, path);
  const made = makeSecrets(randomBytes);
  await writeWhole(path, `${JSON.stringify(made, undefined, 2)}\n`);
  return made;
}

function parseSecrets(text: string, path: string): LocalSecrets {
  const { data } = LocalSecrets.safeParse(jsonOrUndefined(text));
  if (data) return data;
  // What is wrong with it is not told: it may quote a secret.
  throw new AppError('misconfigured', { message: `"${path}" is damaged; npm start -- --fresh begins anew` });
}

/** A claim to a folder, which ends with it. */
export interface Claim extends AsyncDisposable {
  /** Whether the platform before was killed, so that its processes may still be ending. */
  readonly isAfterCrash: boolean;
  /** Tells others where the platform answers. */
  announce(url: string): Promise<void>;
}

/** Takes the folder for this process. @throws conflict while another one runs on it */
export async function claimFolder(folder: string, isTemporary: boolean): Promise<Claim> {
  const path = runningPath(folder);
  const told = (url: string | null) =>
    JSON.stringify({ pid: process.pid, isTemporary, url } satisfies Running);
  const runner = await findRunning(folder);
  if (runner) throw busy(folder, runner);
  const isAfterCrash = (await readIfThere(path)) !== undefined;
  await rm(path, { force: true });
  try {
    await using file = await open(path, 'wx', onlyOwner.mode);
    await file.writeFile(told(null));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw busy(folder, await findRunning(folder));
  }
  return {
    isAfterCrash,
    announce: (url) => writeWhole(path, told(url)),
    [Symbol.asyncDispose]: () => rm(path, { force: true }),
  };
}

function busy(folder: string, runner: Running | undefined): AppError {
  const who = runner ? ` as process ${runner.pid}${runner.url ? ` at ${runner.url}` : ''}` : '';
  const hint = `if it does not, delete "${runningPath(folder)}"`;
  return new AppError('conflict', { message: `a platform already runs on "${folder}"${who}; ${hint}` });
}

/** Who runs on the folder; undefined = nobody. */
export async function findRunning(folder: string): Promise<Running | undefined> {
  const { data } = Running.safeParse(jsonOrUndefined((await readIfThere(runningPath(folder))) ?? ''));
  return data && isAlive(data.pid) ? data : undefined;
}

/** Writes a file as a whole or not at all. */
async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  await writeFile(draft, text, { ...onlyOwner, flush: true });
  await rename(draft, path);
}

async function readIfThere(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return undefined;
    throw fault;
  });
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
