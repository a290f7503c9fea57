import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FakeHub } from '../../../../test/support/hub-fake.ts';
import { main } from './models.ts';

const ID = 'someone/tiny';
const WEIGHTS = 'model.safetensors';
let hub: FakeHub;
let home: string;

beforeEach(async () => {
  hub = await FakeHub.start(ID);
  home = await mkdtemp(join(tmpdir(), 'models-cli-'));
  hub.add('config.json', '{}');
  hub.add(WEIGHTS, Buffer.alloc(400_000, 7), true);
});
afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(home, { recursive: true });
});

function start(...words: string[]): ChildProcess {
  const environment = { ...process.env, HF_ENDPOINT: `${hub.endpoint}/`, HF_TOKEN: '', DARKROOM_HOME: home };
  return spawn(process.execPath, [join(import.meta.dirname, 'models.ts'), ...words], { env: environment });
}

async function ended(child: ChildProcess): Promise<{ code: number | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (err += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

const run = (...words: string[]) => ended(start(...words));

/** The same command in this process, for what needs no hub. */
async function runHere(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const output = {
    stdout: { write: (text: string) => out.push(text) },
    stderr: { write: (text: string) => err.push(text) },
  };
  return { code: await main(words, output), out: out.join(''), err: err.join('') };
}

it('pulls, lists and finds a model', async () => {
  const folder = join(home, 'models', 'someone--tiny');
  const model = { id: ID, folder, revision: 'main', variant: null, sizeBytes: 400_002 };
  const pulled = await run('pull', ID, '--json');
  expect(pulled).toMatchObject({ code: 0, err: expect.stringContaining('[2/2] model.safetensors') });
  expect(JSON.parse(pulled.out)).toEqual(model);
  expect(JSON.parse((await runHere('list', '--json', '--dir', join(home, 'models'))).out)).toEqual({
    models: [model],
  });
  expect(await runHere('path', ID, '--dir', join(home, 'models'))).toEqual({
    code: 0,
    out: `${folder}\n`,
    err: '',
  });
});

it('stops at Ctrl-C with a part that the next pull goes on from', async () => {
  hub.faults.chunkDelayMs = 150;
  const child = start('pull', ID);
  const ending = ended(child);
  while (hub.ranges(WEIGHTS).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await new Promise((resolve) => setTimeout(resolve, 300));
  child.kill('SIGINT');
  expect(await ending).toMatchObject({ code: 130, err: expect.stringContaining('the same command goes on') });
  hub.faults.chunkDelayMs = 0;
  expect((await run('pull', ID)).code).toBe(0);
  expect(hub.ranges(WEIGHTS)[1]).toMatch(/^bytes=[1-9]\d*-$/);
});

it('reports failures by code and exit status', async () => {
  const missing = await run('pull', 'no-one/nothing', '--json');
  expect(missing.code).toBe(1);
  expect(JSON.parse(missing.out)).toMatchObject({ error: { code: 'model_not_found', retryable: false } });
  expect(await runHere('path', ID, '--dir', home)).toMatchObject({
    code: 1,
    out: '',
    err: expect.stringContaining(`pull ${ID}`),
  });
});

it('reads --dir from where the command was called, and tells wrong words in JSON too', async () => {
  await run('pull', ID, '--json');
  vi.stubEnv('INIT_CWD', home);
  vi.stubEnv('npm_package_json', join(process.cwd(), 'package.json'));
  const found = await runHere('path', ID, '--dir', 'models', '--json');
  vi.unstubAllEnvs();
  expect(JSON.parse(found.out)).toEqual({ id: ID, folder: join(home, 'models', 'someone--tiny') });
  const { code, out, err } = await runHere('push', '--json');
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    error: { code: 'invalid_request', detail: 'unknown command "push"' },
  });
});

it.each([
  [['--help'], 0, /^Usage: npm run models/, /^$/],
  [[], 2, /^$/, /expected a command/],
  [['push'], 2, /^$/, /unknown command "push"/],
  [['pull'], 2, /^$/, /pull expects a model/],
  [['list', 'x'], 2, /^$/, /unexpected "x"/],
  [['list', '--wrong'], 2, /^$/, /--wrong/],
])('answers %j with exit status %i', async (words, code, out, err) => {
  expect(await runHere(...words)).toEqual({
    code,
    out: expect.stringMatching(out),
    err: expect.stringMatching(err),
  });
});
