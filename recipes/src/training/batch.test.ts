import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import type { HostArray } from '@darkroom/gpu-worker/runtime/session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { editIds } from '../edits.ts';
import { type BatchSource, makeBatch } from './batch.ts';
import { type Chunk, makeChunk, readChunk } from './chunk.ts';
import { curricula } from './curriculum.ts';
import { openSources, writeDrawnStores } from './drawn-store.ts';
import { latentChannels } from './edit-model.ts';
import { drawExample, type Sources } from './example.ts';
import { encodePixels, fitPatchProjection, type PatchProjection } from './patch-pca.ts';
import { centralView } from './view.ts';

const size = { width: 32, height: 16 };
const plane = latentChannels * 4 * 2;
const examples = 24;
/** Many sentences with two edits. */
const curriculum = { ...curricula.detail, compoundShare: 0.3 };
let folder: string;
let sources: Sources;
let projection: PatchProjection;
let source: BatchSource;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-'));
  await writeDrawnStores(folder, 6);
  sources = await openSources(folder);
  const views = sources.photos.entries.map((_, i) =>
    centralView(sources.photos.photo(i), { width: 96, height: 96 }),
  );
  projection = fitPatchProjection(views, 8, latentChannels);
  source = {
    chunks: [await chunk(0), await chunk(1)],
    tokenizer: await openTokenizer(join(import.meta.dirname, '../../../weights/edit/tokenizer')),
    alphas: Float32Array.of(0.9, 0.5, 0.1),
    shape: { batch: 40, height: 2, width: 4, length: 32 },
    relativeLoss: true,
    noisyShare: 0,
  };
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

async function chunk(index: number): Promise<Chunk> {
  const file = join(folder, `chunk-${index}.safetensors`);
  await makeChunk(sources, projection, { size, seed: 1, index, file, examples, curriculum });
  const made = await readChunk(file);
  if (!made) throw new Error(`expected ${file}`);
  return made;
}

describe('a chunk', () => {
  it('holds the requests and the latents of its examples', () => {
    source.chunks.forEach((made, index) => {
      expect(made.requests).toHaveLength(examples);
      for (let i = 0; i < examples; i++) {
        const { request, before, after } = drawExample(sources, size, 1, index * examples + i, curriculum);
        expect(made.requests[i]).toEqual(request);
        expect(made.before(i)).toEqual(encodePixels(projection, before));
        expect(made.after(i)).toEqual(encodePixels(projection, after));
      }
    });
  });

  it('is the same file whenever it is made, and nothing where it was not', async () => {
    const file = join(folder, 'again.safetensors');
    await makeChunk(sources, projection, { size, seed: 1, index: 1, file, examples, curriculum });
    expect(await readFile(file)).toEqual(await readFile(join(folder, 'chunk-1.safetensors')));
    expect(await readChunk(join(folder, 'chunk-9.safetensors'))).toBeUndefined();
  });
});

interface Row {
  readonly noisy: Float32Array;
  readonly condition: Float32Array;
  readonly target: Float32Array;
  readonly timestep: number;
  readonly named: boolean;
  readonly hasWords: boolean;
  /** Picked class of each head. */
  readonly classes: Readonly<Record<string, readonly number[]>>;
}

function rowsOf(feeds: Record<string, HostArray>): Row[] {
  const floats = (name: string, row: number, length: number): Float32Array =>
    (feeds[name] as Float32Array).subarray(row * length, (row + 1) * length);
  const empty = source.tokenizer.encodePadded('', 32).ids;
  return Array.from({ length: 40 }, (_, row) => {
    const ids = (feeds['ids'] as BigInt64Array).subarray(row * 32, (row + 1) * 32);
    const sample = floats('sample', row, 2 * plane);
    const heads = Object.keys(feeds).filter((name) => name.startsWith('class:'));
    return {
      noisy: sample.subarray(0, plane),
      condition: sample.subarray(plane),
      target: floats('target', row, plane),
      hasWords: ids.some((id, i) => id !== empty[i]),
      timestep: floats('timestep', row, 1)[0] as number,
      named: floats('named', row, 1)[0] === 1,
      classes: Object.fromEntries(
        heads.map((name) => {
          const length = (feeds[name] as Float32Array).length / 40;
          return [name, [...floats(name, row, length)]];
        }),
      ),
    };
  });
}

/** The example whose answer (or, for a row without words, whose photo) is the row's target. */
function exampleOf(target: Float32Array, side: 'before' | 'after') {
  for (const made of source.chunks) {
    for (const [i, request] of made.requests.entries()) {
      const latent = made[side](i);
      if (latent.every((value, k) => value === target[k]))
        return { request, before: made.before(i), after: made.after(i) };
    }
  }
  return undefined;
}

describe('a batch', () => {
  const many = (): Row[] => [0, 1, 2, 3, 4].flatMap((step) => rowsOf(makeBatch(source, 1, step)));

  it('depends on seed and step alone', () => {
    expect(makeBatch(source, 1, 3)).toEqual(makeBatch(source, 1, 3));
    expect(makeBatch(source, 1, 4)).not.toEqual(makeBatch(source, 1, 3));
    expect(makeBatch(source, 2, 3)).not.toEqual(makeBatch(source, 1, 3));
  });

  it('shows the photo, the words and the classes of one example per row', () => {
    const rows = many().filter(({ hasWords }) => hasWords);
    expect(rows.length).toBeGreaterThan(120);
    let doubled = 0;
    for (const { target, condition, classes, named } of rows) {
      const example = exampleOf(target, 'after');
      if (!example) throw new Error('expected the target to be an example’s answer');
      expect(classes['class:edit']?.filter((value) => value === 1)).toHaveLength(1);
      expect(classes['class:edit']?.indexOf(1)).toBe(editIds.indexOf(example.request.id));
      expect(condition).toEqual(example.before);
      // No single class names two edits.
      expect(named).toBe(example.request.also === undefined);
      if (!named) doubled++;
    }
    expect(doubled).toBeGreaterThan(20);
  });

  it('drops the words of some rows, which then ask for the photo, or with it the photo', () => {
    const rows = many();
    const wordless = rows.filter(({ hasWords }) => !hasWords);
    for (const { named } of wordless) expect(named).toBe(false);
    const blind = wordless.filter(({ condition }) => condition.every((value) => value === 0));
    const seeing = wordless.filter((row) => !blind.includes(row));
    for (const { target } of blind) expect(exampleOf(target, 'after')).toBeDefined();
    for (const { target, condition } of seeing) expect(target).toEqual(condition);
    // Of 200 rows 6 % are blind and 12 % wordless: within three deviations.
    expect(Math.abs(blind.length - 12)).toBeLessThan(11);
    expect(Math.abs(seeing.length - 24)).toBeLessThan(14);
  });

  it('noises a row by its timestep', () => {
    for (const { noisy, target, timestep, hasWords } of many()) {
      expect([0, 1, 2]).toContain(timestep);
      if (!hasWords) continue;
      const alpha = source.alphas[timestep] as number;
      const noise = noisy.map(
        (value, k) => (value - Math.sqrt(alpha) * (target[k] as number)) / Math.sqrt(1 - alpha),
      );
      const variance = noise.reduce((sum, value) => sum + value ** 2, 0) / plane;
      // 128 standard normals: the variance of their mean square is 1/64.
      expect(Math.abs(variance - 1)).toBeLessThan(5 / 8);
    }
  });
});
