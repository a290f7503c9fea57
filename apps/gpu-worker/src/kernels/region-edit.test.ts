import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job } from '@darkroom/shared/contracts/job';
import { AppError } from '@darkroom/shared/errors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import { writeTinyPipeline } from '../../../../test/support/tiny-pipeline.ts';
import { writeTinyOwlvit, writeTinySam } from '../../../../test/support/tiny-vision.ts';
import { openDiffusionModel } from '../diffusion/diffusion-model.ts';
import { decodeImage } from '../image/decode.ts';
import { encodeImage } from '../image/encode.ts';
import type { Raster } from '../image/raster.ts';
import { ModelStore } from '../runtime/model-store.ts';
import { openVisionModel } from '../vision/open-vision-model.ts';
import { runJob } from './index.ts';
import type { JobEvent, KernelContext } from './kernel.ts';

/** A busy machine takes many times what models of this size take alone. */
const patienceMs = 60_000;
const photo = proceduralPhoto(90, 60);
let folder: string;
let store: ModelStore;
let context: KernelContext;
let image: Readonly<Record<string, unknown>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'region-edit-'));
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
  await writeTinyPipeline(join(folder, 'edit'), {
    reads: 'photo',
    vae: 'AutoencoderKL',
    defaults: { recolour_prompt: 'make the ball {colour}' },
  });
  await writeTinySam(join(folder, 'segment'));
  await writeTinyOwlvit(join(folder, 'detect'));
  const recolouring = await openDiffusionModel(join(folder, 'edit'));
  const { recolourPrompt: _, ...defaults } = recolouring.defaults;
  const plain = { ...recolouring, defaults };
  const file = await encodeImage(photo, { format: 'png' });
  const sha256 = createHash('sha256').update(file).digest('hex');
  image = { key: 'photo', sha256, sizeBytes: file.length, mime: 'image/png' };
  context = {
    store,
    model: async (id) => (id === 'recolour' ? recolouring : plain),
    vision: (_, kind) => openVisionModel(kind, join(folder, kind), store),
    read: async () => file,
    decode: decodeImage,
  };
}, patienceMs);
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Output = Extract<JobEvent, { kind: 'output' }>;

async function edit(
  fields: Readonly<Record<string, unknown>>,
  lent: KernelContext = context,
): Promise<Output & { readonly picture: Raster }> {
  const job = Job.parse({
    version: 1,
    kind: 'edit',
    id: `job_0${'a'.repeat(25)}`,
    createdAtMs: 0,
    prompt: { original: 'make it red', enhanced: null },
    seed: 5,
    image,
    ...fields,
  });
  for await (const event of runJob(job, lent)) {
    if (event.kind === 'output') return { ...event, picture: await decodeImage(event.bytes) };
  }
  throw new Error('no picture came');
}

const points = [{ x: 40, y: 30 }];

/** Pixels in which two pictures differ. */
const changed = (picture: Raster) =>
  Array.from({ length: 90 * 60 }, (_, pixel) =>
    [0, 1, 2].some((c) => picture.data[3 * pixel + c] !== photo.data[3 * pixel + c]),
  ).filter(Boolean).length;

describe('an edit of a region', () => {
  it.each(['png', 'webp'])(
    'changes nothing outside of what was clicked, in the file too: %s',
    async (format) => {
      const { picture, maskReport } = await edit({ region: { points }, format });
      expect(maskReport).toMatchObject({ changedOutside: 0, lossless: true });
      expect(maskReport?.insidePixels).toBeGreaterThan(0);
      expect(maskReport?.outsidePixels).toBeGreaterThan(0);
      expect(changed(picture)).toBeGreaterThan(0);
      expect(changed(picture)).toBeLessThanOrEqual(maskReport?.insidePixels as number);
    },
  );

  it('says of a file that loses pixels what it changed outside', async () => {
    const { maskReport } = await edit({ region: { points }, format: 'jpeg' });
    expect(maskReport?.lossless).toBe(false);
    expect(maskReport?.changedOutside).toBeGreaterThan(0);
  });

  it('has the same outside whatever its feather is', async () => {
    const [sharp, soft] = [
      await edit({ region: { points, feather: 0 } }),
      await edit({ region: { points, feather: 9 } }),
    ];
    expect(soft.maskReport).toEqual(sharp.maskReport);
    expect(soft.picture.data).not.toEqual(sharp.picture.data);
  });

  it('finds what words name', async () => {
    const { maskReport } = await edit({ region: { text: 'the dog' } });
    expect(maskReport).toMatchObject({ changedOutside: 0, lossless: true });
  });

  it('says where nothing was found', async () => {
    // Nothing as large as what this detector sees lies in so small a box.
    await expect(edit({ region: { text: 'a unicorn', box: [0, 0, 2, 2] } })).rejects.toMatchObject({
      code: 'no_match',
      message: 'region.text: expected something in the photo that fits "a unicorn", found nothing',
      details: { field: 'region.text' },
    });
  });

  it('names the field of a region that lies outside the photo', async () => {
    await expect(edit({ region: { points: [{ x: 400, y: 3 }] } })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringMatching(/^region\.points\.0: /),
      details: { field: 'region.points.0' },
    });
  });
});

describe('an edit of a region that names a colour', () => {
  const fields = { model: 'recolour', region: { points, feather: 0 } };
  const luma = ({ data }: Raster, pixel: number) =>
    0.299 * data[3 * pixel]! + 0.587 * data[3 * pixel + 1]! + 0.114 * data[3 * pixel + 2]!;

  it('paints one colour map everywhere inside and nothing outside', async () => {
    const { picture, maskReport } = await edit(fields);
    expect(maskReport?.changedOutside).toBe(0);
    expect(changed(picture)).toBeGreaterThan(0.9 * (maskReport?.insidePixels ?? Infinity));
    const inside = Array.from({ length: 90 * 60 }, (_, pixel) => pixel).filter((pixel) =>
      [0, 1, 2].some((c) => picture.data[3 * pixel + c] !== photo.data[3 * pixel + c]),
    );
    // Whatever the colour of a pixel was, its brightness alone decides what becomes of it.
    const byLuma = inside.toSorted((a, b) => luma(photo, a) - luma(photo, b));
    byLuma.slice(1).forEach((pixel, i) => {
      const previous = byLuma[i] as number;
      if (luma(photo, pixel) - luma(photo, previous) > 0.2) return;
      for (let c = 0; c < 3; c++) {
        const gap = Math.abs(picture.data[3 * pixel + c]! - picture.data[3 * previous + c]!);
        expect(gap).toBeLessThanOrEqual(2);
      }
    });
  });

  it('asks for the colour in the words that the model knows best, and differs by seed', async () => {
    const [a, b] = [
      await edit(fields),
      await edit({ ...fields, prompt: { original: '变成红色', enhanced: null } }),
    ];
    expect(a.picture).toEqual(b.picture);
    const other = await edit({ ...fields, seed: 9 });
    expect(other.picture).not.toEqual(a.picture);
  });

  it('goes the usual way where the words name none, or nothing is masked', async () => {
    const prompt = { original: 'make it darker', enhanced: null };
    const [usual, plain] = [
      await edit({ ...fields, prompt }),
      await edit({ ...fields, prompt, model: 'plain' }),
    ];
    expect(usual.picture).toEqual(plain.picture);
    const [whole, other] = [await edit({ model: 'recolour' }), await edit({ model: 'plain' })];
    expect(whole.picture).toEqual(other.picture);
  });
});

describe('an instruction that recolours one thing', () => {
  const embedded = (kind: string) => join(import.meta.dirname, '../../../../weights', kind);
  const cow = join(import.meta.dirname, '../../../../test/fixtures/cow.jpg');

  it('changes what it names alone, where that is in the photo', async () => {
    const file = await readFile(cow);
    const sha256 = createHash('sha256').update(file).digest('hex');
    const lent: KernelContext = {
      ...context,
      vision: (_, kind) => openVisionModel(kind, embedded(kind), store),
      read: async () => file,
    };
    const fields = {
      model: 'recolour',
      image: { key: 'cow', sha256, sizeBytes: file.length, mime: 'image/jpeg' },
      steps: 2,
      format: 'png',
    };
    const ask = (words: string, more: Readonly<Record<string, unknown>> = {}) =>
      edit({ ...fields, ...more, prompt: { original: words, enhanced: null } }, lent);
    const cowOnly = await ask('please make the cow red');
    expect(cowOnly.maskReport?.changedOutside).toBe(0);
    expect(cowOnly.maskReport?.lossless).toBe(true);
    for (const words of ['make the zebra red', 'make the cow red and add snow'])
      expect((await ask(words)).maskReport, words).toBeUndefined();
    expect((await ask('make the cow red', { model: 'plain' })).maskReport).toBeUndefined();
    const blind: KernelContext = {
      ...lent,
      vision: async () => {
        throw new AppError('model_required', { message: 'no model looks here' });
      },
    };
    expect(
      (await edit({ ...fields, prompt: { original: 'make the cow red', enhanced: null } }, blind)).maskReport,
    ).toBeUndefined();
  }, 60_000);
});

describe('an instruction that wants one thing gone', () => {
  const gone = { prompt: { original: 'remove it', enhanced: null } };

  it('fills the region and its edge with what is around, differently by seed, and changes nothing else', async () => {
    const region = { points, feather: 0 };
    const [kept, away] = [await edit({ region }), await edit({ ...gone, region })];
    expect(away.maskReport).toMatchObject({ changedOutside: 0, lossless: true });
    expect(away.maskReport?.insidePixels).toBeGreaterThan(kept.maskReport?.insidePixels ?? Infinity);
    expect(away.picture).toEqual((await edit({ ...gone, region })).picture);
    expect(away.picture).not.toEqual((await edit({ ...gone, region, seed: 9 })).picture);
  });

  it('does not ask a model by a name that it may not know: what lies around is the answer', async () => {
    const region = { points, feather: 0 };
    const ask = (original: string, model: string) =>
      edit({ region, model, prompt: { original, enhanced: null } });
    const [it, cow] = [await ask('remove it', 'recolour'), await ask('remove the cow', 'recolour')];
    expect(cow.picture).toEqual(it.picture);
    expect(cow.maskReport?.changedOutside).toBe(0);
    expect((await ask('remove it', 'plain')).picture).not.toEqual(it.picture);
  });

  describe('beside a mask that someone drew', () => {
    let fields: Readonly<Record<string, unknown>>;
    let lent: KernelContext;
    beforeAll(async () => {
      const rows = new Uint8Array(90 * 60 * 3);
      rows.fill(255, 3 * 90 * 20, 3 * 90 * 30);
      const bytes = await encodeImage({ width: 90, height: 60, channels: 3, data: rows }, { format: 'png' });
      const file = await encodeImage(photo, { format: 'png' });
      fields = { mask: { ...image, key: 'mask', sizeBytes: bytes.length } };
      lent = { ...context, read: async ({ key }) => (key === 'mask' ? bytes : file) };
    });

    it('loses no more than that', async () => {
      const [away, darker] = [
        await edit({ ...fields, ...gone }, lent),
        await edit({ ...fields, prompt: { original: 'make it darker', enhanced: null } }, lent),
      ];
      expect(away.maskReport).toMatchObject({ insidePixels: 900, changedOutside: 0 });
      expect(away.picture).not.toEqual(darker.picture);
    });

    it('asks for nothing at text guidance 0', async () => {
      const unguided = (original: string) =>
        edit({ ...fields, guidanceScale: 0, prompt: { original, enhanced: null } }, lent);
      expect((await unguided('remove it')).picture).toEqual((await unguided('make it darker')).picture);
    });
  });

  it('is another wish where it names something else than the region', async () => {
    const region = { text: 'the dog', feather: 0 };
    const ask = (original: string) => edit({ region, prompt: { original, enhanced: null } });
    const [usual, away] = [await ask('remove the scratches'), await ask('remove the dog')];
    expect(usual.maskReport?.insidePixels).toBeLessThanOrEqual(away.maskReport?.insidePixels ?? 0);
    expect(usual.picture).not.toEqual(away.picture);
  });
});
