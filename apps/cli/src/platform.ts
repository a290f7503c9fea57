// A whole platform on this machine: the edge in the Workers runtime, its storage, and workers, each a process that is
// started again when it dies.
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AppError } from '@darkroom/shared/errors';
import { edgeVars, envText, localPool } from './edge-vars.ts';
import { freePort, localAddress } from './free-port.ts';
import { orphanGraceMs } from './group-guard.ts';
import type { LocalSecrets } from './local-secrets.ts';
import { isPrepared } from './migrations.ts';
import { type Access, awaitEdge, awaitWorkers } from './readiness.ts';
import {
  claimFolder,
  emptyStateFolder,
  envFilePath,
  logFolder,
  makeStateFolder,
  openSecrets,
  persistFolder,
  projectRoot,
  workerFolder,
} from './state-folder.ts';
import { type ProcessPlan, SupervisedProcess } from './supervised-process.ts';

/** What a caller decides about a platform. */
export interface PlatformOptions {
  /** Where state is kept; a platform that starts on it again goes on where it was. */
  readonly stateFolder: string;
  /** Whether what the folder keeps is deleted first; absent = no. */
  readonly isFresh?: boolean;
  /** Whether it is stopped as soon as its caller's own work is done, so that others should not use it; absent = no. */
  readonly isTemporary?: boolean;
  /** 0 = any that is free. */
  readonly port: number;
  readonly workers: number;
  /** Variables of the workers beside those that the platform sets; they win. */
  readonly workerEnv?: Readonly<Record<string, string>>;
  /** The file that says what the edge's Worker is; absent = the project's own. */
  readonly edgeConfig?: string;
  /** Tells what is being done, and what was started again. */
  readonly onNotice?: (notice: string) => void;
  /** Ends the start. */
  readonly signal?: AbortSignal;
}

/** A platform that answers and has workers. */
export interface Platform extends AsyncDisposable, Access {
  readonly stateFolder: string;
  readonly edge: SupervisedProcess;
  readonly workers: readonly SupervisedProcess[];
  /** Rejects when one of its processes does not stay up. */
  readonly broken: Promise<never>;
  /** Drains the workers, then stops the edge; nothing is left running. */
  stop(): Promise<void>;
}

const workerMain = fileURLToPath(new URL('../../gpu-worker/src/main.ts', import.meta.url));
const wranglerMain = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);
const tickMs = 60_000;
const edgeGraceMs = 5_000;
/** A worker drains for up to 25 s. */
const workerGraceMs = 30_000;
/** Share of the memory that is free which the models of all workers may take. */
const modelMemoryShare = 0.7;

/** What the parts of a platform are made of. */
interface Place extends Access {
  readonly options: PlatformOptions;
  readonly secrets: LocalSecrets;
}

/**
 * Starts a platform and waits until it can take jobs.
 * @throws conflict when the port is taken or a platform runs on the folder; unavailable when a part does not come up;
 * the signal's reason
 */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { stateFolder, onNotice, workers: count } = options;
  await using parts = new AsyncDisposableStack();
  await makeStateFolder(stateFolder);
  const claim = parts.use(await claimFolder(stateFolder, options.isTemporary ?? false));
  if (claim.isAfterCrash) {
    onNotice?.('waiting for the processes of a platform that was killed');
    await wait(orphanGraceMs + 500, undefined, { signal: options.signal });
  }
  if (options.isFresh) await emptyStateFolder(stateFolder);
  const url = `http://${localAddress}:${await freePort(options.port)}`;
  const secrets = await openSecrets(stateFolder);
  const place: Place = { options, url, key: secrets.apiKey, secrets };
  if (!(await isPrepared(stateFolder, secrets))) {
    onNotice?.('preparing the database');
    await prepareDatabase(stateFolder, options.signal);
  }
  onNotice?.('starting the edge');
  const edge = parts.use(await startEdge(place));
  await reach(place, [edge], (signal) => awaitEdge(place, signal));
  parts.adopt(
    setInterval(() => void tick(url), tickMs),
    clearInterval,
  );
  onNotice?.('starting the worker');
  const workers = Array.from({ length: count }, (_, i) => startWorker(place, i + 1));
  // Disposed of in reverse: the workers drain while the edge still listens.
  parts.defer(async () => void (await Promise.all(workers.map((worker) => worker.stop()))));
  await reach(place, [edge, ...workers], (signal) => awaitWorkers(place, count, signal));
  await claim.announce(url);
  const running = parts.move();
  const broken = Promise.race([edge, ...workers].map(({ gaveUp }) => gaveUp));
  broken.catch(() => undefined);
  const stop = () => running.disposeAsync();
  return { url, key: place.key, stateFolder, edge, workers, broken, stop, [Symbol.asyncDispose]: stop };
}

/** What a deployment's clock does every minute; the local runtime leaves it to whoever runs it. */
async function tick(url: string): Promise<void> {
  // An edge that is just restarting hears the next one.
  await fetch(`${url}/cdn-cgi/local/scheduled`)
    .then((answer) => answer.body?.cancel())
    .catch(() => undefined);
}

/** Waits for a part, as long as the processes that it needs stay up. */
async function reach(
  { options }: Place,
  needed: readonly SupervisedProcess[],
  part: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const given = new AbortController();
  for (const { gaveUp } of needed) gaveUp.catch((fault) => given.abort(fault));
  const signal = AbortSignal.any([given.signal, ...(options.signal ? [options.signal] : [])]);
  await part(signal).catch((cause) => {
    if (signal.aborted || !(cause instanceof AppError)) throw cause;
    const message = `${cause.message}; logs are in "${logFolder(options.stateFolder)}"`;
    throw new AppError(cause.code, { cause, message });
  });
}

async function prepareDatabase(folder: string, signal: AbortSignal | undefined): Promise<void> {
  const script = fileURLToPath(new URL('prepare-database.ts', import.meta.url));
  const options = { cwd: projectRoot, env: quietEnv(folder), ...(signal && { signal }) };
  try {
    await promisify(execFile)(process.execPath, [script, folder], options);
  } catch (cause) {
    signal?.throwIfAborted();
    const { stderr = String(cause) } = cause as { stderr?: string };
    const message = `the database cannot be prepared: ${stderr.trim()}`;
    throw new AppError('unavailable', { cause, message });
  }
}

/** The environment of wrangler: it asks nobody, tells nobody, and keeps its notes in the state folder. */
function quietEnv(folder: string): Record<string, string | undefined> {
  return {
    ...process.env,
    CI: '1',
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_HIDE_BANNER: 'true',
    WRANGLER_LOG_PATH: join(logFolder(folder), 'wrangler'),
    WRANGLER_REGISTRY_PATH: join(persistFolder(folder), 'registry'),
    NO_COLOR: '1',
    FORCE_COLOR: '0',
  };
}

async function startEdge({ options, url, secrets }: Place): Promise<SupervisedProcess> {
  const { stateFolder, edgeConfig = join(projectRoot, 'wrangler.toml') } = options;
  const envFile = envFilePath(stateFolder);
  await writeFile(envFile, envText(edgeVars(secrets, url)), { mode: 0o600 });
  const { port } = new URL(url);
  const where = ['--ip', localAddress, '--port', port, '--inspector-port', '0'];
  const files = ['--config', edgeConfig, '--persist-to', persistFolder(stateFolder), '--env-file', envFile];
  const quiet = ['--show-interactive-dev-session=false', '--log-level', 'log'];
  return new SupervisedProcess({
    ...heard(options, 'edge'),
    command: [process.execPath, wranglerMain, 'dev', ...where, ...files, ...quiet],
    env: quietEnv(stateFolder),
    graceMs: edgeGraceMs,
  });
}

function startWorker({ options, url, secrets }: Place, number: number): SupervisedProcess {
  const { stateFolder, workers, workerEnv } = options;
  const name = `worker-${number}`;
  const budgetMiB = Math.floor((modelMemoryShare * process.availableMemory()) / workers / 2 ** 20);
  return new SupervisedProcess({
    ...heard(options, name),
    command: [process.execPath, workerMain],
    env: {
      ...process.env,
      POOL_URL: `${url}/v1/pools/${localPool}/socket`,
      POOL_KEY: Buffer.from(JSON.stringify(secrets.workerKey)).toString('base64url'),
      POOL: localPool,
      WORKER_ID: name,
      MEMORY_BUDGET: String(Math.max(64, budgetMiB)),
      // Threads of several workers on one core would wait for each other, and the runtime’s wait by spinning.
      THREADS: String(Math.max(1, Math.floor(availableParallelism() / workers))),
      METRICS_PORT: '0',
      STATE_DIR: workerFolder(stateFolder),
      ...workerEnv,
    },
    graceMs: workerGraceMs,
  });
}

/** What all processes share: their lines are kept in the folder, their restarts are told to the caller. */
function heard(
  { stateFolder, onNotice }: PlatformOptions,
  name: string,
): Pick<ProcessPlan, 'name' | 'cwd' | 'onLine' | 'onRestart'> {
  const path = join(logFolder(stateFolder), `${name}.log`);
  const file = createWriteStream(path, { flags: 'w', mode: 0o600 });
  // A full disk costs the log, not the platform.
  file.on('error', () => undefined);
  const onRestart = (notice: string) => {
    file.write(`[${notice}]\n`);
    onNotice?.(notice);
  };
  return { name, cwd: projectRoot, onLine: (line) => file.write(`${line}\n`), onRestart };
}
