// The edit command as a person runs it: a child process, a photo file, a model folder.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '@darkroom/cli/edit';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { JobProgress } from '@darkroom/shared/contracts/job-view';
import { JobId } from '@darkroom/shared/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jpegMarkers, privateWords, sidewaysPhoto, turnUpright } from '../support/phone-photo.ts';
import { proceduralPhoto } from '../support/procedural-photo.ts';
import { writeTinyModel } from '../support/tiny-model.ts';

/** A busy machine starts a child in many times what it takes alone. */
const patienceMs = 180_000;
const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'apps/cli/src/edit.ts');
let folder: string;
let photo: Uint8Array;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edit-system-'));
  photo = await sidewaysPhoto(120, 80);
  await writeFile(join(folder, 'photo.jpg'), photo);
  await writeTinyModel(join(folder, 'model'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ending {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function ended(child: ChildProcess): Promise<Ending> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => (out += chunk));
  child.stderr?.on('data', (chunk) => (err += chunk));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

function start(...words: string[]): ChildProcess {
  return spawn(process.execPath, [command, ...words], { cwd: folder });
}

/** The command in this process; its paths must be absolute. */
async function runHere(...words: string[]): Promise<Ending> {
  let out = '';
  let err = '';
  const stdout = { write: (text: string) => (out += text) };
  const code = await main(words, { stdout, stderr: { write: (text) => (err += text) } });
  return { code, out, err };
}

const read = (name: string) => readFile(join(folder, name));
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function meanDifference(a: Raster, b: Raster): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - (b.data[i] as number)), 0) / a.data.length;
}

it(
  'edits a photo beside it, upright and without its metadata, and says so in one JSON object',
  async () => {
    const words = ['photo.jpg', '变成雪夜', '--model', 'model', '--seed', '3', '--steps', '3', '--json'];
    const npm = ['--prefix', root, 'run', '--silent', 'edit', '--', ...words];
    const { code, out, err } = await ended(spawn('npm', npm, { cwd: folder }));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const picture = await read('photo.edited.jpg');
    const view = JSON.parse(out);
    expect(view).toEqual({
      id: expect.stringMatching(/^job_/),
      kind: 'edit',
      status: 'succeeded',
      outputs: [
        {
          path: join(folder, 'photo.edited.jpg'),
          width: 80,
          height: 120,
          mime: 'image/jpeg',
          bytes: picture.length,
          sha256: sha256(picture),
        },
      ],
      prompt: { original: '变成雪夜', enhanced: null },
      seed: 3,
      model: { id: 'model', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      progress: { position: 0, step: 3, steps: 3, pct: 100, etaMs: 0 },
      notices: [],
      createdAt: expect.any(String),
    });
    JobId.parse(view.id);
    JobProgress.parse(view.progress);
    expect(jpegMarkers(picture).filter((marker) => marker > 0xe0 || marker === 0xfe)).toEqual([]);
    expect(picture.includes(privateWords)).toBe(false);
    const upright = turnUpright(proceduralPhoto(120, 80));
    const edited = await decodeImage(picture);
    expect(edited).toMatchObject({ width: 80, height: 120 });
    const change = meanDifference(edited, upright);
    expect(change).toBeGreaterThan(1);
    expect(change).toBeLessThan(20);
    expect(await read('photo.jpg')).toEqual(Buffer.from(photo));
  },
  patienceMs,
);

it(
  'gives the same bytes for the same seed, under the next free name, and says where',
  async () => {
    const first = await read('photo.edited.jpg');
    const words = ['photo.jpg', '变成雪夜', '--model', 'model', '--seed', '3', '--steps', '3'];
    const { code, out, err } = await ended(start(...words));
    expect({ code, out }).toEqual({ code: 0, out: `${join(folder, 'photo.edited-2.jpg')}\n` });
    expect(err).toMatch(/^step 1\/3\nstep 2\/3 {2}\d+s left\nstep 3\/3 {2}finishing\n80×120, .*seed 3, /);
    expect(await read('photo.edited-2.jpg')).toEqual(first);
  },
  patienceMs,
);

it(
  'gives other bytes for another seed, other words and other guidance',
  async () => {
    const out = join(folder, 'again.jpg');
    const base = [join(folder, 'photo.jpg'), '--model', join(folder, 'model'), '--steps', '3', '--out', out];
    const runs = [
      ['变成雪夜', '--seed', '3'],
      ['变成雪夜', '--seed', '4'],
      ['turn it into a sketch', '--seed', '3'],
      ['变成雪夜', '--seed', '3', '--guidance', '1'],
      ['变成雪夜', '--seed', '3', '--image-guidance', '1'],
      ['变成雪夜', '--seed', '3', '--scheduler', 'euler'],
    ];
    const digests: string[] = [];
    for (const words of runs) {
      expect(await runHere(...base, ...words)).toMatchObject({ code: 0, out: `${out}\n` });
      digests.push(sha256(await read('again.jpg')));
    }
    expect(digests[0]).toBe(sha256(await read('photo.edited.jpg')));
    expect(new Set(digests)).toHaveProperty('size', runs.length);
  },
  patienceMs,
);

it(
  'stops at Ctrl-C within a step and leaves nothing',
  async () => {
    const before = await readdir(folder);
    const words = ['photo.jpg', 'dusk', '--model', 'model', '--steps', '150', '--scheduler', 'heun'];
    const child = start(...words, '--out', 'stopped.png');
    const ending = ended(child);
    child.stderr?.once('data', () => child.kill('SIGINT'));
    const { code, out, err } = await ending;
    expect({ code, out }).toEqual({ code: 130, out: '' });
    expect(err).toMatch(/edit: stopped; nothing was written\n$/);
    expect(err).not.toContain('step 299/299');
    expect(await readdir(folder)).toEqual(before);
  },
  patienceMs,
);

it(
  'refuses a damaged photo by its code, in JSON and in one line',
  async () => {
    await writeFile(join(folder, 'hostile.jpg'), photo.subarray(0, photo.length / 2));
    const { code, out, err } = await ended(start('hostile.jpg', 'x', '--model', 'model', '--json'));
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      status: 'failed',
      outputs: [],
      error: { code: 'image_corrupt', detail: expect.stringMatching(/^image: /), retryable: false },
    });
    const words = [join(folder, 'hostile.jpg'), 'x', '--model', join(folder, 'model')];
    expect(await runHere(...words)).toEqual({
      code: 1,
      out: '',
      err: expect.stringMatching(/^edit: image: .*\n$/),
    });
    expect(await readdir(folder)).not.toContain('hostile.edited.jpg');
  },
  patienceMs,
);

it(
  'says that the end of a long sentence was left out',
  async () => {
    const words = ['photo.jpg', '雪'.repeat(200), '--model', 'model', '--steps', '1', '--out', 'long.png'];
    const { code, err } = await ended(start(...words));
    expect(code).toBe(0);
    expect(err).toMatch(/^edit: the sentence is longer than the model reads/m);
    const { out } = await ended(start(...words, '--json'));
    expect(JSON.parse(out)).toMatchObject({
      status: 'succeeded',
      notices: [expect.stringMatching(/left out/)],
    });
  },
  patienceMs,
);

it.each([
  [['nowhere.jpg', 'x'], 1, 'not_found', /^photo: no such file: ".*nowhere\.jpg"$/],
  [['model', 'x'], 1, 'invalid_request', /^photo: expected a file, got a folder/],
  [['model/model_index.json', 'x'], 1, 'unsupported_media', /^photo: expected a still JPEG, .*another type/],
  [
    ['photo.jpg', 'x', '--local', '--model', 'some/model'],
    1,
    'model_required',
    /npm run models -- pull some\/model$/,
  ],
  [['photo.jpg', 'x', '--model', '/nowhere'], 1, 'model_not_found', /^"\/nowhere": expected a model folder/],
  [['photo.jpg', ' '], 2, 'invalid_request', /^prompt: expected 1 to 1000 characters, got 0$/],
  [['photo.jpg', 'x', '--out', 'x.gif'], 2, 'unsupported_media', /^out: expected a name ending in/],
])('answers %j with exit status %i and code %s', async ([name = '', ...words], code, error, detail) => {
  const failure = await runHere(join(folder, name), ...words);
  expect(failure).toEqual({ code, out: '', err: expect.stringMatching(/^edit: [^\n]+\n$/) });
  const { out, ...rest } = await runHere(join(folder, name), ...words, '--json');
  expect(rest).toEqual({ code, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    status: 'failed',
    outputs: [],
    error: { code: error, detail: expect.stringMatching(detail), retryable: false },
  });
});
