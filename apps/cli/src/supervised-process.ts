// A process that is started again when it ends by itself, and that leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { AppError } from '@darkroom/shared/errors';
import type { GuardWord } from './group-guard.ts';
import { nextRestart } from './restart-policy.ts';

/** How a process is started. */
export interface ProcessPlan {
  /** What its failures are called by. */
  readonly name: string;
  /** A program and its words. */
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Time to end after SIGTERM, before all of it is killed. */
  readonly graceMs: number;
  /** Hears each line that it writes. */
  readonly onLine: (line: string) => void;
  /** Hears when it ended and is started again. */
  readonly onRestart: (notice: string) => void;
}

const guardPath = fileURLToPath(new URL('group-guard.ts', import.meta.url));
/** Lines that a failure shows. */
const keptLines = 12;

/** Keeps one command running in a process group of its own. */
export class SupervisedProcess implements AsyncDisposable {
  readonly #plan: ProcessPlan;
  readonly #gaveUp = Promise.withResolvers<never>();
  readonly #stopped = new AbortController();
  readonly #life: Promise<void>;
  #guard: ChildProcess | undefined;
  #pid: number | undefined;
  #isKilled = false;
  #lastLines: string[] = [];

  constructor(plan: ProcessPlan) {
    this.#plan = plan;
    this.#gaveUp.promise.catch(() => undefined);
    this.#life = this.#live();
  }

  /** Process id of the command; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Rejects when it ends again and again, with its last words. @throws unavailable */
  get gaveUp(): Promise<never> {
    return this.#gaveUp.promise;
  }

  /** Kills it with all that it started, as a crash would; it is started again at once. */
  kill(): void {
    this.#isKilled = true;
    this.#killGroup();
  }

  /** Asks it to end, waits, and kills what is left; it is not started again. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#terminate();
    const timer = setTimeout(() => this.#killGroup(), this.#plan.graceMs);
    await this.#life;
    clearTimeout(timer);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #live(): Promise<void> {
    const { signal } = this.#stopped;
    let failures = 0;
    while (!signal.aborted) {
      const startedAtMs = performance.now();
      const code = await this.#runOnce();
      if (signal.aborted) return;
      if (this.#isKilled) {
        this.#isKilled = false;
        continue;
      }
      const next = nextRestart({ code, livedMs: performance.now() - startedAtMs }, failures);
      if (next.kind === 'give-up') {
        this.#gaveUp.reject(this.#failure(code));
        return;
      }
      failures = next.failures;
      this.#plan.onRestart(`${this.#plan.name} ${endingOf(code)}; starts again in ${next.delayMs} ms`);
      await wait(next.delayMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Runs the command to its end. @returns its exit status; null = a signal ended it */
  async #runOnce(): Promise<number | null> {
    const { command, cwd, env } = this.#plan;
    const guard = spawn(process.execPath, [guardPath, ...command], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#guard = guard;
    this.#lastLines = [];
    let code: number | null = null;
    guard.on('message', (word: GuardWord) => {
      if (word.kind === 'ended') code = word.code;
      else this.#pid = word.pid;
      // A stop that came before the command ran found nobody to tell.
      if (word.kind === 'started' && this.#stopped.signal.aborted) this.#terminate();
    });
    for (const stream of [guard.stdout, guard.stderr])
      if (stream) createInterface(stream).on('line', (line) => this.#hear(line));
    await once(guard, 'close');
    this.#pid = undefined;
    this.#guard = undefined;
    return code;
  }

  #terminate(): void {
    if (this.#pid !== undefined) signalIfAlive(this.#pid, 'SIGTERM');
  }

  #killGroup(): void {
    const pid = this.#guard?.pid;
    if (pid !== undefined) signalIfAlive(-pid, 'SIGKILL');
  }

  #hear(line: string): void {
    this.#lastLines = [...this.#lastLines.slice(1 - keptLines), line];
    this.#plan.onLine(line);
  }

  #failure(code: number | null): AppError {
    const words = this.#lastLines.map((line) => `\n  ${line}`).join('');
    const message = `${this.#plan.name} does not stay up; it ${endingOf(code)}:${words}`;
    return new AppError('unavailable', { message });
  }
}

function endingOf(code: number | null): string {
  return code === null ? 'was ended by a signal' : `ended with status ${code}`;
}

function signalIfAlive(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
  }
}
