import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isRunning } from '../../../test/support/is-running.ts';
import { type ProcessPlan, SupervisedProcess } from './supervised-process.ts';

const patienceMs = 120_000;

interface Watched {
  readonly process: SupervisedProcess;
  readonly lines: string[];
  readonly notices: string[];
}

/** A process that runs a script of its own. */
function watch(script: string, changes: Partial<ProcessPlan> = {}): Watched {
  const lines: string[] = [];
  const notices: string[] = [];
  const process_ = new SupervisedProcess({
    name: 'it',
    command: [process.execPath, '-e', script],
    cwd: process.cwd(),
    env: process.env,
    graceMs: 60_000,
    onLine: (line) => lines.push(line),
    onRestart: (notice) => notices.push(notice),
    ...changes,
  });
  return { process: process_, lines, notices };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await wait(20);
}

const stay = 'setInterval(() => {}, 1000); console.log(process.pid);';
/** Stays, with a child that stays too. */
const withChild = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(stay)}], { stdio: 'inherit' }); ${stay}`;

it(
  'starts again what was killed, with all that it had started',
  async () => {
    const { process: it, lines } = watch(withChild);
    await using _ = it;
    await until(() => lines.length === 2);
    it.kill();
    await until(() => lines.length === 4);
    expect(lines.slice(0, 2).map(Number).filter(isRunning)).toEqual([]);
    expect(lines.slice(2).map(Number).filter(isRunning)).toHaveLength(2);
  },
  patienceMs,
);

it(
  'leaves nothing when it is stopped, even of what will not end',
  async () => {
    const { process: it, lines } = watch(`process.on('SIGTERM', () => {}); ${withChild}`, { graceMs: 100 });
    await until(() => lines.length === 2);
    await it.stop();
    expect(lines.map(Number).filter(isRunning)).toEqual([]);
    expect(it.pid).toBeUndefined();
  },
  patienceMs,
);

it(
  'gives up what never starts well, with its last words',
  async () => {
    const { process: it, notices } = watch('console.error("no such model"); process.exit(1)');
    await using _ = it;
    await expect(it.gaveUp).rejects.toMatchObject({
      code: 'unavailable',
      message: 'it does not stay up; it ended with status 1:\n  no such model',
    });
    expect(notices[0]).toBe('it ended with status 1; starts again in 400 ms');
  },
  patienceMs,
);
