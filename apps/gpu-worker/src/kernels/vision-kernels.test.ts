import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { Job } from '@darkroom/shared/contracts/job';
import { JobResult } from '@darkroom/shared/contracts/job-result';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import {
  writeTinyBlip,
  writeTinyClip,
  writeTinyOwlvit,
  writeTinySam,
} from '../../../../test/support/tiny-vision.ts';
import { decodeImage } from '../image/decode.ts';
import { encodeImage } from '../image/encode.ts';
import type { Raster } from '../image/raster.ts';
import { ModelStore } from '../runtime/model-store.ts';
import { maskBox } from '../vision/binary-mask.ts';
import { decodeRle } from '../vision/mask-rle.ts';
import { openVisionModel } from '../vision/open-vision-model.ts';
import { runJob } from './index.ts';
import type { JobEvent, KernelContext } from './kernel.ts';

const photo = proceduralPhoto(90, 60);
const writers = {
  segment: writeTinySam,
  detect: writeTinyOwlvit,
  caption: writeTinyBlip,
  similarity: writeTinyClip,
} as const;

/** A busy machine takes many times what models of this size take alone. */
const patienceMs = 60_000;
let folder: string;
let store: ModelStore;
/** What was read and decoded. */
const reads: string[] = [];
const files = new Map<string, Uint8Array>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vision-kernels-'));
  for (const [kind, write] of Object.entries(writers)) await write(join(folder, kind));
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
}, patienceMs);
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function stored(key: string, picture: Raster): Promise<ImageRef> {
  const file = await encodeImage(picture, { format: 'png' });
  files.set(key, file);
  const sha256 = createHash('sha256').update(file).digest('hex');
  return { key, sha256, sizeBytes: file.length, mime: 'image/png' };
}

const context = (): KernelContext => ({
  store,
  model: () => expect.fail('nothing is drawn'),
  vision: (_, kind) => openVisionModel(kind, join(folder, kind), store),
  read: async ({ key }) => {
    reads.push(key);
    return files.get(key) as Uint8Array;
  },
  decode: decodeImage,
});

/** All events of a job about the photo. */
async function run(
  fields: Readonly<Record<string, unknown>>,
  picture = photo,
  lent: Partial<KernelContext> = {},
): Promise<JobEvent[]> {
  const job = Job.parse({
    version: 1,
    id: `job_0${'a'.repeat(25)}`,
    createdAtMs: 0,
    image: await stored('photo', picture),
    ...fields,
  });
  const events: JobEvent[] = [];
  for await (const event of runJob(job, { ...context(), ...lent })) events.push(event);
  return events;
}

/** What a job found out, which must fit the contract. */
function resultOf<K extends JobResult['kind']>(events: readonly JobEvent[], kind: K) {
  const found = events.find((event) => event.kind === 'result');
  const result = JobResult.parse(found?.result);
  expect(result.kind).toBe(kind);
  return result as Extract<JobResult, { kind: K }>;
}

async function pictures(events: readonly JobEvent[]): Promise<Raster[]> {
  const outputs = events.filter((event) => event.kind === 'output');
  return Promise.all(outputs.map(({ bytes }) => decodeImage(bytes)));
}

/** One byte of each pixel. */
const channel = ({ data, channels }: Raster, at = 0): number[] =>
  Array.from({ length: data.length / channels }, (_, i) => data[i * channels + at] as number);

describe('a segment job', () => {
  it('gives the mask of a click as run lengths and as a picture of the size of the photo', async () => {
    const events = await run({ kind: 'segment', points: [{ x: 40, y: 30 }] });
    const { masks } = resultOf(events, 'segment');
    expect(masks).toHaveLength(1);
    const [{ rle, box, area }] = masks as [(typeof masks)[0]];
    const mask = decodeRle(rle);
    expect([mask.width, mask.height]).toEqual([90, 60]);
    expect(maskBox(mask)).toEqual(box);
    const [picture] = await pictures(events);
    expect(channel(picture as Raster)).toEqual(Array.from(mask.data, (inside) => 255 * inside));
    expect(mask.data.filter(Boolean)).toHaveLength(area);
  });

  it('neither reads nor decodes a photo whose embedding is remembered', async () => {
    await run({ kind: 'segment', points: [{ x: 40, y: 30 }] });
    reads.length = 0;
    const { misses } = store.counts;
    await run({
      kind: 'segment',
      points: [
        { x: 40, y: 30 },
        { x: 5, y: 5, label: 0 },
      ],
    });
    expect(reads).toEqual([]);
    expect(store.counts.misses).toBe(misses);
    await run({ kind: 'segment', points: [{ x: 4, y: 3 }] }, proceduralPhoto(50, 40));
    expect(reads).toEqual(['photo']);
  });

  it('gives the alternatives, the best first, when they are asked for', async () => {
    const events = await run({ kind: 'segment', box: [10, 10, 60, 50], multimask: true });
    const { masks } = resultOf(events, 'segment');
    expect(masks.length).toBeGreaterThan(1);
    const scores = masks.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const [picture] = await pictures(events);
    const best = decodeRle((masks[0] as (typeof masks)[0]).rle);
    expect(channel(picture as Raster)).toEqual(Array.from(best.data, (inside) => 255 * inside));
  });

  it('says which of its fields is wrong', async () => {
    const outside = run({
      kind: 'segment',
      points: [
        { x: 3, y: 3 },
        { x: 91, y: 3 },
      ],
    });
    await expect(outside).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'points.1' } });
    const wide = run({ kind: 'segment', box: [0, 0, 95, 10] });
    await expect(wide).rejects.toMatchObject({ code: 'invalid_request', details: { field: 'box' } });
  });

  it('goes on from an earlier mask, which must have the size of the photo', async () => {
    const points = [{ x: 40, y: 30 }];
    const [first] = await pictures(await run({ kind: 'segment', points }));
    const mask = await stored('mask', first as Raster);
    const plain = resultOf(await run({ kind: 'segment', points }), 'segment');
    const onward = resultOf(await run({ kind: 'segment', points, mask }), 'segment');
    expect(onward.masks[0]?.score).not.toBe(plain.masks[0]?.score);
    const other = await stored('other', proceduralPhoto(20, 20));
    await expect(run({ kind: 'segment', points, mask: other })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: 'mask' },
    });
  });
});

describe('a segment job without clicks', () => {
  it('outlines everything that words name, and labels it; the picture shows all of it', async () => {
    const events = await run({ kind: 'segment', text: 'the dog' });
    const { masks } = resultOf(events, 'segment');
    expect(masks.length).toBeGreaterThan(1);
    expect(new Set(masks.map(({ label }) => label))).toEqual(new Set(['the dog']));
    const [picture] = await pictures(events);
    const union = masks.map(({ rle }) => decodeRle(rle).data);
    const expected = Array.from({ length: 90 * 60 }, (_, at) => 255 * Number(union.some((data) => data[at])));
    expect(channel(picture as Raster)).toEqual(expected);
    const narrowed = resultOf(
      await run({ kind: 'segment', text: 'the dog', points: [{ x: 45, y: 30 }] }),
      'segment',
    );
    expect(narrowed.masks.length).toBeLessThan(masks.length);
  });

  it('outlines everything where nothing is pointed at', async () => {
    const events = await run({ kind: 'segment' });
    expect(resultOf(events, 'segment')).toEqual({ kind: 'segment', masks: expect.any(Array) });
    expect(await pictures(events)).toMatchObject([{ width: 90, height: 60 }]);
  });
});

describe('a detect job', () => {
  it('tells what it found and makes no picture', async () => {
    const events = await run({ kind: 'detect', queries: ['dog', 'cat'], threshold: 0, limit: 3 });
    const { detections } = resultOf(events, 'detect');
    expect(detections).toHaveLength(3);
    for (const { label } of detections) expect(['dog', 'cat']).toContain(label);
    expect(await pictures(events)).toEqual([]);
  });

  it('tells which queries its model knows no word of', async () => {
    const embedded = join(import.meta.dirname, '../../../../weights/detect');
    const lent: Partial<KernelContext> = { vision: (_, kind) => openVisionModel(kind, embedded, store) };
    const told = async (...queries: readonly string[]) =>
      resultOf(await run({ kind: 'detect', queries }, photo, lent), 'detect');
    expect(await told('quasar')).toEqual({ kind: 'detect', detections: [], unknownQueries: ['quasar'] });
    expect(await told('dog')).not.toHaveProperty('unknownQueries');
  });

  it('gives label maps that agree with what it tells', async () => {
    const queries = ['dog', 'cat'];
    const fields = { kind: 'detect', queries, threshold: 0, limit: 12, labelMaps: true };
    const events = await run(fields);
    const { detections } = resultOf(events, 'detect');
    expect(detections.map(({ instanceId }) => instanceId)).toEqual(detections.map((_, i) => i + 1));
    const [semantic, instance, panoptic] = (await pictures(events)) as [Raster, Raster, Raster];
    const ids = channel(instance);
    for (const { instanceId, area, rle } of detections) {
      const own = ids.map((id) => Number(id === instanceId));
      expect([...decodeRle(rle as never).data]).toEqual(own);
      expect(area).toBe(own.filter(Boolean).length);
    }
    const kinds = ids.map((id) => (id === 0 ? 0 : queries.indexOf(detections[id - 1]?.label as string) + 1));
    expect(channel(semantic)).toEqual(kinds);
    expect(channel(panoptic, 0)).toEqual(ids);
    expect(channel(panoptic, 1)).toEqual(kinds);
    expect(channel(panoptic, 2)).toEqual(ids.map(() => 0));
  });
});

it('a caption job says a sentence', async () => {
  const events = await run({ kind: 'caption', maxTokens: 5, beams: 2 });
  expect(resultOf(events, 'caption').caption).not.toBe('');
  expect(events).toHaveLength(1);
  const drawn = async (seed: number) =>
    resultOf(await run({ kind: 'caption', maxTokens: 5, topP: 1, seed }), 'caption').caption;
  expect(new Set([await drawn(1), await drawn(2), await drawn(3)]).size).toBeGreaterThan(1);
});

it('a similarity job scores every text', async () => {
  const texts = ['a dog', 'snow'];
  const { similarities, measure } = resultOf(await run({ kind: 'similarity', texts }), 'similarity');
  expect(measure).toBe('cosine');
  expect(similarities.map(({ text }) => text)).toEqual(texts);
});

it('stops between boxes when it is canceled', async () => {
  const job = Job.parse({
    version: 1,
    id: `job_0${'a'.repeat(25)}`,
    createdAtMs: 0,
    image: await stored('photo', photo),
    kind: 'detect',
    queries: ['dog'],
    threshold: 0,
    labelMaps: true,
  });
  const events = runJob(job, { ...context(), signal: AbortSignal.abort() })[Symbol.asyncIterator]();
  await expect(events.next()).rejects.toMatchObject({ code: 'canceled' });
});
