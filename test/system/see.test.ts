// The commands that look, as a person runs them: photo files, model folders, pictures and JSON out.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main as caption } from '@darkroom/cli/caption';
import { main as detect } from '@darkroom/cli/detect';
import { main as segment } from '@darkroom/cli/segment';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { decodeRle } from '@darkroom/gpu-worker/vision/mask-rle';
import { CaptionResult, DetectResult, SegmentResult } from '@darkroom/shared/contracts/job-result';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proceduralPhoto } from '../support/procedural-photo.ts';
import { writeTinyBlip, writeTinyOwlvit, writeTinySam } from '../support/tiny-vision.ts';

const commands = { segment, detect, caption };
const [width, height] = [90, 60];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'see-system-'));
  await writeFile(
    join(folder, 'photo.png'),
    await encodeImage(proceduralPhoto(width, height), { format: 'png' }),
  );
  await writeTinySam(join(folder, 'sam'));
  await writeTinyOwlvit(join(folder, 'owlvit'));
  await writeTinyBlip(join(folder, 'blip'));
  await mkdir(join(folder, 'out'));
});
afterAll(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const model = { segment: 'sam', detect: 'owlvit', caption: 'blip' };

async function run(kind: keyof typeof commands, ...words: string[]) {
  let out = '';
  let err = '';
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  const asked = [at('photo.png'), ...words, '--model', at(model[kind])];
  const code = await commands[kind](asked, { stdout, stderr });
  return { code, out, err };
}

it('writes the mask of a click, which is the one that it tells, and draws it', async () => {
  const words = [
    '--point',
    '40,30',
    '--out',
    at('out/mask.png'),
    '--overlay',
    at('out/overlay.jpg'),
    '--json',
  ];
  const { code, out, err } = await run('segment', ...words);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const view = JSON.parse(out);
  expect(view).toMatchObject({
    kind: 'segment',
    status: 'succeeded',
    outputs: [
      { path: at('out/mask.png'), width, height, mime: 'image/png' },
      { path: at('out/overlay.jpg'), width, height, mime: 'image/jpeg' },
    ],
    model: { id: 'sam', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  });
  expect(view).not.toHaveProperty('prompt');
  const { masks } = SegmentResult.parse({ kind: 'segment', masks: view.masks });
  const [first] = masks;
  if (!first) throw new Error('expected a mask');
  const told = decodeRle(first.rle);
  const written = await decodeImage(await readFile(at('out/mask.png')));
  expect(written).toMatchObject({ width, height });
  for (let pixel = 0; pixel < width * height; pixel++)
    expect(written.data[pixel * written.channels]).toBe(told.data[pixel] === 1 ? 255 : 0);
});

it('goes on from an earlier mask, beside the photo under the next free name', async () => {
  const first = await run('segment', '--box', '10,10,60,50');
  expect(first).toMatchObject({ code: 0, out: `${at('photo.mask.png')}\n` });
  expect(first.err).toMatch(/^mask {2}score .*\n1 mask, .*\n$/);
  const second = await run('segment', '--point', '20,20', '--mask', at('photo.mask.png'));
  expect(second).toMatchObject({ code: 0, out: `${at('photo.mask-2.png')}\n` });
});

it('tells what was found and draws it', async () => {
  const words = ['a dog', 'car', '--threshold', '0', '--limit', '3', '--overlay', at('out/boxes.png')];
  const { code, out } = await run('detect', ...words, '--json');
  expect(code).toBe(0);
  const view = JSON.parse(out);
  const { detections } = DetectResult.parse({ kind: 'detect', detections: view.detections });
  expect(detections).toHaveLength(3);
  expect(await decodeImage(await readFile(at('out/boxes.png')))).toMatchObject({ width, height });
  const lines = await run('detect', ...words);
  expect(lines.out.split('\n')[0]).toMatch(/^(a dog|car)\t\d\.\d\d\t\d+,\d+,\d+,\d+$/);
});

it('says what the photo shows', async () => {
  const { code, out } = await run('caption', '--max-tokens', '5', '--json');
  expect(code).toBe(0);
  const view = JSON.parse(out);
  CaptionResult.parse({ kind: 'caption', caption: view.caption, score: view.score });
  expect((await run('caption', '--max-tokens', '5')).out).toBe(`${view.caption}\n`);
});

it.each([
  ['segment', ['--point', '91,10'], 1, 'invalid_request', /points/],
  [
    'segment',
    ['--point', '1,1', '--mask', 'SMALL'],
    1,
    'invalid_request',
    /^mask: expected the photo's size 90×60/,
  ],
  ['segment', ['--text', ''], 2, 'invalid_request', /^--text: /],
  ['segment', ['--out', 'PHOTO'], 1, 'invalid_request', /^--out: expected another file than the photo/],
  ['detect', [], 2, 'invalid_request', /^queries: /],
  ['caption', ['--prompt', 'x '.repeat(99)], 1, 'invalid_request', /prompt/],
] as const)('%s answers %j with exit status %i and code %s', async (kind, words, code, error, detail) => {
  const small = await encodeImage(proceduralPhoto(9, 6), { format: 'png' });
  await writeFile(at('small.png'), small);
  const before = await readdir(folder);
  const named = words.map((word) => ({ SMALL: at('small.png'), PHOTO: at('photo.png') })[word] ?? word);
  const { out, ...rest } = await run(kind, ...named, '--json');
  expect(rest).toEqual({ code, err: '' });
  expect(JSON.parse(out)).toMatchObject({
    status: 'failed',
    outputs: [],
    error: { code: error, detail: expect.stringMatching(detail), retryable: false },
  });
  expect(await readdir(folder)).toEqual(before);
});
