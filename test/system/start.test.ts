// The platform of this machine as a person runs it: one command, an edit over HTTP, and nothing left behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { JobList } from '@darkroom/shared/contracts/job-list';
import { UsageView } from '@darkroom/shared/contracts/usage';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isRunning } from '../support/is-running.ts';
import { sidewaysPhoto } from '../support/phone-photo.ts';

/** A busy machine starts a platform in many times what it takes alone. */
const patienceMs = 600_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;
let state: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'start-system-'));
  state = join(folder, 'state');
  await writeFile(join(folder, 'photo.jpg'), await sidewaysPhoto(120, 80));
});
afterAll(() => rm(folder, { recursive: true }));

/** A command and what it says. */
class Command {
  readonly child: ChildProcess;
  out = '';
  err = '';
  readonly #ended: Promise<unknown>;

  constructor(program: string, words: readonly string[]) {
    this.child = spawn(program, words, { cwd: folder });
    this.child.stdout?.on('data', (chunk) => (this.out += chunk));
    this.child.stderr?.on('data', (chunk) => (this.err += chunk));
    this.#ended = once(this.child, 'close');
  }

  /** Its exit status; null = a signal ended it. */
  async end(): Promise<number | null> {
    await this.#ended;
    return this.child.exitCode;
  }

  /** Resolves when it has said so. */
  async says(words: RegExp): Promise<void> {
    while (!words.test(this.out + this.err)) {
      if (this.child.exitCode !== null) throw new Error(`ended without ${words}: ${this.err}`);
      await wait(50);
    }
  }

  /** The processes that it started, and those that they started. */
  descendants(): number[] {
    const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
    const pairs = stdout.trim().split('\n');
    const family = [this.child.pid];
    const parentOf = new Map(pairs.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]));
    for (const pid of family) for (const [child, parent] of parentOf) if (parent === pid) family.push(child);
    return family.slice(1).filter((pid) => pid !== undefined);
  }
}

/** As a person calls it. */
const npm = (name: string, ...words: string[]) =>
  new Command('npm', ['--prefix', root, 'run', '--silent', name, '--', ...words]);
/** The process itself, for its exit status. */
const node = (file: string, ...words: string[]) =>
  new Command(process.execPath, [join(root, 'apps/cli/src', file), ...words]);

/** What the edit command does when it is stopped, and with a photo that only a worker finds damaged. */
async function cancelsAndRefuses({ url, headers }: { url: string; headers: HeadersInit }): Promise<void> {
  const endless = ['--steps', '150', '--scheduler', 'heun', '--out', 'stopped.png', '--state', state];
  const stopped = node('edit.ts', 'photo.jpg', 'make it night', ...endless);
  await stopped.says(/step \d+\//);
  stopped.child.kill('SIGINT');
  expect(await stopped.end()).toBe(130);
  expect(stopped.err).toMatch(/\nedit: stopped; nothing was written\n$/);
  const { jobs } = JobList.parse(await (await fetch(`${url}/v1/jobs?limit=1`, { headers })).json());
  expect(jobs[0]?.cancelRequestedAt).not.toBeNull();
  const bytes = await readFile(join(folder, 'photo.jpg'));
  await writeFile(join(folder, 'damaged.jpg'), bytes.subarray(0, bytes.length / 2));
  const refused = node('edit.ts', 'damaged.jpg', 'make it night', '--state', state, '--json');
  expect(await refused.end()).toBe(1);
  expect(JSON.parse(refused.out)).toMatchObject({ status: 'failed', error: { code: 'image_corrupt' } });
  expect(await readdir(folder)).not.toContain('stopped.png');
}

it(
  'starts with one command, edits over HTTP, and stops whole when it is told to',
  async () => {
    const start = npm('start', '--state', state, '--port', '0');
    await start.says(/Ctrl-C stops it/);
    const [, url = ''] = /runs at (\S+)/.exec(start.out) ?? [];
    const [key = ''] = /dk_test_\w+/.exec(start.out) ?? [];
    const edit = npm('edit', 'photo.jpg', 'make it night', '--steps', '2', '--state', state);
    expect([await edit.end(), edit.out]).toEqual([0, `${join(folder, 'photo.edited.jpg')}\n`]);
    expect(edit.err).toMatch(/step 2\/2 .*\n80×120, .*seed \d+/);
    expect(await decodeImage(await readFile(join(folder, 'photo.edited.jpg')))).toMatchObject({ width: 80 });
    const headers = { authorization: `Bearer ${key}` };
    const usage = await fetch(`${url}/v1/usage`, { headers });
    expect(UsageView.parse(await usage.json()).items).toMatchObject([{ kind: 'edit', jobs: 1, pictures: 1 }]);
    expect((await fetch(`${url}/reference`)).status).toBe(200);
    await cancelsAndRefuses({ url, headers });
    const family = start.descendants();
    expect(family.length).toBeGreaterThan(4);
    start.child.kill('SIGTERM');
    await start.end();
    expect(family.filter(isRunning)).toEqual([]);
    expect(await readdir(state)).not.toContain('running.json');
  },
  patienceMs,
);

it(
  'runs for one edit where none runs, and nothing outlives a command that is killed',
  async () => {
    const words = ['photo.jpg', 'make it night', '--steps', '150', '--scheduler', 'heun', '--state', state];
    const edit = node('edit.ts', ...words);
    await edit.says(/step \d+\//);
    const family = edit.descendants();
    expect(family.length).toBeGreaterThan(4);
    edit.child.kill('SIGKILL');
    expect(await edit.end()).toBeNull();
    while (family.some(isRunning)) await wait(200);
  },
  patienceMs,
);

it(
  'stops while it starts, with nothing left',
  async () => {
    const start = node('start.ts', '--state', state, '--port', '0');
    await start.says(/starting the edge/);
    const family = start.descendants();
    start.child.kill('SIGTERM');
    expect(await start.end()).toBe(0);
    expect(family.filter(isRunning)).toEqual([]);
  },
  patienceMs,
);

it('says so when its port is taken', async () => {
  await using server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const start = node('start.ts', '--state', join(folder, 'other'), '--port', String(port));
  expect([await start.end(), start.err]).toEqual([
    1,
    `start: port ${port} is taken; choose another with --port\n`,
  ]);
});
