import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { Job } from '@darkroom/shared/contracts/job';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import { type TinyPipeline, writeTinyPipeline } from '../../../../test/support/tiny-pipeline.ts';
import { openDiffusionModel } from '../diffusion/diffusion-model.ts';
import { decodeImage } from '../image/decode.ts';
import { encodeImage } from '../image/encode.ts';
import type { Raster } from '../image/raster.ts';
import { ModelStore } from '../runtime/model-store.ts';
import { visionCatalog } from '../vision/vision-catalog.ts';
import { runJob } from './index.ts';
import type { JobEvent, KernelContext } from './kernel.ts';

let folder: string;
let store: ModelStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kernels-'));
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const photo = proceduralPhoto(90, 60);

/** White in the right half. */
const halfMask: Raster = {
  ...photo,
  data: photo.data.map((_, at) => (Math.floor(at / 3) % photo.width >= photo.width / 2 ? 255 : 0)),
};

/** Images by their key, and how to refer to them. */
async function album(pictures: Readonly<Record<string, Raster>>) {
  const bytes = new Map<string, Uint8Array>();
  const refs: Record<string, ImageRef> = {};
  for (const [key, picture] of Object.entries(pictures)) {
    const file = await encodeImage(picture, { format: 'png' });
    bytes.set(key, file);
    refs[key] = {
      key,
      sha256: createHash('sha256').update(file).digest('hex'),
      sizeBytes: file.length,
      mime: 'image/png',
    };
  }
  return { refs, read: async ({ key }: ImageRef) => bytes.get(key) as Uint8Array };
}

interface Stage {
  readonly model: TinyPipeline;
  readonly pictures?: Readonly<Record<string, Raster>>;
  /** What the job's fields are laid over. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lent?: Partial<KernelContext>;
}

/** Starts a job on a freshly written model; `mask: true` stands for the stored mask. */
async function* start({ model, pictures, fields, lent }: Stage): AsyncGenerator<JobEvent> {
  await writeTinyPipeline(folder, model);
  const { refs, read } = await album(pictures ?? { photo, mask: halfMask });
  const job = Job.parse({
    version: 1,
    id: `job_0${'a'.repeat(25)}`,
    createdAtMs: 0,
    prompt: { original: 'make it dusk', enhanced: null },
    seed: 5,
    ...(fields['kind'] !== 'generate' && { image: refs['photo'] }),
    ...fields,
    ...(fields['mask'] === true && { mask: refs['mask'] }),
  });
  const opened = await openDiffusionModel(folder);
  const vision = visionCatalog(store);
  yield* runJob(job, { store, read, decode: decodeImage, model: async () => opened, vision, ...lent });
}

async function run(
  model: TinyPipeline,
  fields: Stage['fields'],
  lent?: Partial<KernelContext>,
): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of start({ model, fields, ...(lent && { lent }) })) events.push(event);
  return events;
}

async function pictures(events: readonly JobEvent[]): Promise<Raster[]> {
  const outputs = events.filter((event) => event.kind === 'output');
  return Promise.all(outputs.map(({ bytes }) => decodeImage(bytes)));
}

const instruct: TinyPipeline = { reads: 'photo', vae: 'AutoencoderKL' };
const embedded: TinyPipeline = { reads: 'photo', vae: 'AutoencoderPatch', returnsPhoto: true };
const plain: TinyPipeline = { reads: 'nothing', vae: 'AutoencoderKL' };
const inpainting: TinyPipeline = { reads: 'masked photo', vae: 'AutoencoderKL' };

describe('an edit job', () => {
  it('reports its steps and gives as many pictures as asked for, of the size of the photo', async () => {
    const events = await run(instruct, { kind: 'edit', count: 2 });
    const progress = events.filter((event) => event.kind === 'progress');
    expect(progress.map(({ step, steps }) => `${step}/${steps}`)).toEqual([
      '1/6',
      '2/6',
      '3/6',
      '4/6',
      '5/6',
      '6/6',
    ]);
    expect(progress.map(({ pct }) => pct)).toEqual([...progress.map(({ pct }) => pct)].sort((a, b) => a - b));
    const outputs = events.filter((event) => event.kind === 'output');
    expect(outputs).toMatchObject([
      { index: 0, width: 90, height: 60, mime: 'image/png' },
      { index: 1, width: 90, height: 60 },
    ]);
    const [first, second] = await pictures(events);
    expect(first?.data).not.toEqual(second?.data);
    expect(first?.data).not.toEqual(photo.data);
  });

  it('gives the same picture for the same seed, and another for another', async () => {
    const [a, b, c] = [
      await pictures(await run(instruct, { kind: 'edit' })),
      await pictures(await run(instruct, { kind: 'edit' })),
      await pictures(await run(instruct, { kind: 'edit', seed: 6 })),
    ];
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it.each(['ddim', 'euler', 'dpmpp_2m', 'unipc'])(
    'gives the photo back when the network corrects nothing: %s',
    async (scheduler) => {
      const [picture] = await pictures(
        await run(embedded, { kind: 'edit', scheduler, imageGuidanceScale: 1 }),
      );
      const furthest = (picture as Raster).data.reduce(
        (most, byte, at) => Math.max(most, Math.abs(byte - (photo.data[at] as number))),
        0,
      );
      expect(furthest).toBeLessThanOrEqual(2);
    },
  );
});

describe('an edit job on the way', () => {
  it('leaves every byte outside the mask alone and says so', async () => {
    const events = await run(instruct, { kind: 'edit', mask: true });
    const [picture] = await pictures(events);
    const isOutside = (at: number) => halfMask.data[at] === 0;
    expect((picture as Raster).data.filter((_, at) => isOutside(at))).toEqual(
      photo.data.filter((_, at) => isOutside(at)),
    );
    expect((picture as Raster).data).not.toEqual(photo.data);
    const output = events.find((event) => event.kind === 'output');
    expect(output?.maskReport).toEqual({
      insidePixels: 2700,
      outsidePixels: 2700,
      changedOutside: 0,
      lossless: true,
    });
  });

  it('stops between steps when it is canceled', async () => {
    const controller = new AbortController();
    const events = start({ model: instruct, fields: { kind: 'edit' }, lent: { signal: controller.signal } });
    expect(await events.next()).toMatchObject({ value: { kind: 'progress', step: 1 } });
    controller.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'canceled' });
  });

  it('shows previews when asked for', async () => {
    const events = await run(instruct, { kind: 'edit' }, { previewEvery: 1 });
    const previews = events.filter((event) => event.kind === 'preview');
    expect(previews.map(({ step }) => step)).toEqual([1, 2]);
    expect(await decodeImage(previews[0]?.bytes as Uint8Array)).toMatchObject({ width: 64, height: 40 });
  });

  it('refuses a network that reads no photo', async () => {
    await expect(run(plain, { kind: 'edit' })).rejects.toMatchObject({ code: 'model_unsupported' });
  });
});

describe('other jobs', () => {
  it('generate makes a picture of the size asked for', async () => {
    const events = await run(plain, { kind: 'generate', width: 64, height: 72, format: 'webp' });
    expect(events.at(-1)).toMatchObject({ kind: 'output', width: 64, height: 72, mime: 'image/webp' });
  });

  it('img2img runs a share of the steps, and none at strength 0', async () => {
    const half = await run(plain, { kind: 'img2img', strength: 0.7 });
    expect(half.filter((event) => event.kind === 'progress')).toHaveLength(2);
    const [untouched] = await pictures(await run(plain, { kind: 'img2img', strength: 0 }));
    expect(untouched?.data).toEqual(photo.data);
  });

  it.each([
    ['reads mask and photo', inpainting],
    ['reads nothing', plain],
    ['reads the photo', instruct],
  ])('inpaint keeps what is outside the mask with a network that %s', async (_, model) => {
    const events = await run(model, { kind: 'inpaint', mask: true });
    expect(events.at(-1)).toMatchObject({ maskReport: { outsidePixels: 2700, changedOutside: 0 } });
    expect((await pictures(events))[0]?.data).not.toEqual(photo.data);
  });

  it('refuse a mask of another size', async () => {
    const pictures = { photo, mask: proceduralPhoto(20, 20) };
    const events = start({ model: inpainting, pictures, fields: { kind: 'inpaint', mask: true } });
    await expect(events.next()).rejects.toThrow(/mask: expected the photo's size 90×60, got 20×20/);
  });
});
