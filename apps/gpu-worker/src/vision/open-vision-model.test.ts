import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import {
  writeTinyBlip,
  writeTinyClip,
  writeTinyOwlvit,
  writeTinySam,
} from '../../../../test/support/tiny-vision.ts';
import { ModelStore } from '../runtime/model-store.ts';
import { openVisionModel, visionKindsOf } from './open-vision-model.ts';

let folder: string;
let store: ModelStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vision-'));
  store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const photo = proceduralPhoto(90, 60);

describe('a folder', () => {
  it.each([
    ['segment', writeTinySam],
    ['detect', writeTinyOwlvit],
    ['caption', writeTinyBlip],
    ['similarity', writeTinyClip],
  ] as const)('tells by its configuration that it can %s', async (kind, write) => {
    await write(folder);
    expect(await visionKindsOf(folder)).toEqual([kind]);
    expect((await openVisionModel(kind, folder, store)).folder).toBe(folder);
  });

  it('of another kind is refused by the class that it holds', async () => {
    await writeTinySam(folder);
    await expect(openVisionModel('detect', folder, store)).rejects.toThrow(
      /a model for detect jobs is one of .*owlvit.*, got sam$/,
    );
    await writeFile(join(folder, 'config.json'), '{"model_type": "constructor"}');
    await expect(openVisionModel('caption', folder, store)).rejects.toMatchObject({
      code: 'model_unsupported',
    });
    expect(await visionKindsOf(folder)).toEqual([]);
  });

  it('without a configuration can do nothing that is known', async () => {
    expect(await visionKindsOf(folder)).toEqual([]);
    await writeFile(join(folder, 'config.json'), '{}');
    await expect(visionKindsOf(folder)).rejects.toMatchObject({ code: 'model_corrupt' });
  });
});

describe('OWL-ViT', () => {
  it('finds what each query names, the surest first, within the picture and the limit', async () => {
    await writeTinyOwlvit(folder);
    const detector = await openVisionModel('detect', folder, store);
    const found = await detector.detect(photo, ['the dog', 'car'], { threshold: 0 });
    expect(found.length).toBeGreaterThan(2);
    expect(new Set(found.map(({ label }) => label))).toEqual(new Set(['the dog', 'car']));
    const scores = found.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    for (const { box } of found) {
      expect(Math.min(...box)).toBeGreaterThanOrEqual(0);
      expect([box[2] <= photo.width, box[3] <= photo.height]).toEqual([true, true]);
    }
    expect(await detector.detect(photo, ['the dog', 'car'], { threshold: 0, limit: 2 })).toEqual(
      found.slice(0, 2),
    );
    const { misses } = store.counts;
    expect(await detector.detect(photo, ['cat'], { threshold: 1 })).toEqual([]);
    expect(store.counts.misses).toBe(misses);
  });
});

describe('BLIP', () => {
  it('captions alike with one beam and greedily, and never worse with more beams', async () => {
    await writeTinyBlip(folder);
    const captioner = await openVisionModel('caption', folder, store);
    const greedy = await captioner.caption(photo, { beams: 1, maxTokens: 6 });
    expect(greedy.caption).not.toBe('');
    expect(greedy.score).toBeLessThan(0);
    const beamed = await captioner.caption(photo, { beams: 4, maxTokens: 6 });
    expect(beamed.score).toBeGreaterThanOrEqual(greedy.score);
    expect(await captioner.caption(photo, { beams: 1, maxTokens: 6 })).toEqual(greedy);
  });

  it('draws another caption for another seed, and always the same for one', async () => {
    await writeTinyBlip(folder);
    const captioner = await openVisionModel('caption', folder, store);
    const draw = (seed: number, topP = 1) => captioner.caption(photo, { topP, seed, maxTokens: 6 });
    const drawn = await Promise.all([1, 2, 3].map((seed) => draw(seed)));
    expect(new Set(drawn.map(({ caption }) => caption)).size).toBeGreaterThan(1);
    expect(await draw(1)).toEqual(drawn[0]);
    const greedy = await captioner.caption(photo, { beams: 1, maxTokens: 6 });
    expect(await draw(5, 1e-6)).toEqual(greedy);
  });

  it('begins with the words that are given, and refuses more of them than it can read', async () => {
    await writeTinyBlip(folder);
    const captioner = await openVisionModel('caption', folder, store);
    const { caption } = await captioner.caption(photo, { prompt: 'ab', beams: 2, maxTokens: 3 });
    expect(caption.startsWith('ab')).toBe(true);
    await expect(captioner.caption(photo, { prompt: 'ab '.repeat(30) })).rejects.toMatchObject({
      code: 'invalid_request',
      details: { field: 'prompt' },
    });
  });
});

describe('CLIP', () => {
  it('gives each text its cosine, whatever texts stand beside it', async () => {
    await writeTinyClip(folder);
    const similarity = await openVisionModel('similarity', folder, store);
    expect(similarity.measure).toBe('cosine');
    const scores = await similarity.compare(photo, ['a dog', 'a car', 'snow']);
    expect(scores).toHaveLength(3);
    expect(new Set(scores).size).toBe(3);
    const [alone] = await similarity.compare(photo, ['snow']);
    expect(alone).toBeCloseTo(scores[2] as number, 5);
    expect(await similarity.compare(photo, [])).toEqual([]);
  });
});
