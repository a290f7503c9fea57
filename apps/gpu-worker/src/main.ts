// The worker as a process: dials a pool, runs its jobs, and drains when it is told to stop.
import { AppError } from '@darkroom/shared/errors';
import { envHelp, parseEnv, type WorkerEnv } from './env.ts';
import { errorFields, jsonLog, writeLine } from './log.ts';
import { PoolWorker } from './runner/pool-worker.ts';

const stopSignals = ['SIGTERM', 'SIGINT'] as const;
/** npm passes a Ctrl-C on that the terminal has sent already; the echo is no second wish. */
const echoMs = 300;

// Connections to the store stay open for a while; they are no reason to stay.
if (import.meta.main) process.exit(await main(process.argv.slice(2)));

/** Runs until it is drained; 0 = drained, 1 = broke, 2 = wrong usage. */
export async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help')) {
    process.stdout.write(envHelp());
    return 0;
  }
  const env = readEnv();
  if (env === undefined) return 2;
  const log = jsonLog(writeLine);
  try {
    const worker = await PoolWorker.start(env, { fetch, log });
    drainOnSignals(worker);
    await worker.finished;
    return 0;
  } catch (error) {
    log('error', 'the worker broke', errorFields(error));
    return 1;
  }
}

function readEnv(): WorkerEnv | undefined {
  try {
    return parseEnv(process.env);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    process.stderr.write(`${error.message}\n\n${envHelp()}`);
    return undefined;
  }
}

/** The first signal drains; a second one stops at once, as a shell reports it. */
function drainOnSignals(worker: PoolWorker): void {
  let firstAt: number | undefined;
  for (const name of stopSignals) {
    process.on(name, (_: NodeJS.Signals, number: number) => {
      const at = performance.now();
      if (firstAt === undefined) {
        firstAt = at;
        void worker.drain();
      } else if (at - firstAt > echoMs) {
        process.exit(128 + number);
      }
    });
  }
}
