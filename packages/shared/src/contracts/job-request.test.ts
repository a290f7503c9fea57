import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeId } from '../ids.ts';
import { EditRequest, JobRequest, jobKinds } from './job-request.ts';
import { parseContract } from './parse-contract.ts';

const asset = makeId('asset', 1_700_000_000_000, new Uint8Array(10));
const edit = { kind: 'edit', image: asset, prompt: 'make it a snowy night' };

describe('a job request', () => {
  test('needs no more than its kind, its pictures and its words', () => {
    expect(parseContract(JobRequest, edit)).toEqual({
      version: 1,
      kind: 'edit',
      image: asset,
      prompt: 'make it a snowy night',
      negativePrompt: '',
      enhance: true,
      count: 1,
      format: 'png',
      quality: 90,
      priority: 'interactive',
      expiresInSeconds: 900,
    });
  });

  test.each(jobKinds)('of kind %s is known', (kind) => {
    const needs = {
      edit: { image: asset, prompt: 'a fox' },
      generate: { prompt: 'a fox' },
      img2img: { image: asset, prompt: 'a fox' },
      inpaint: { image: asset, mask: asset, prompt: 'a fox' },
      segment: { image: asset },
      detect: { image: asset, queries: ['a fox'] },
      caption: { image: asset },
      similarity: { image: asset, texts: ['a fox'] },
    };
    expect(parseContract(JobRequest, { kind, ...needs[kind] })).toHaveProperty('kind', kind);
  });

  test.each([
    ['prompt', { prompt: '   ' }, 'prompt: '],
    ['prompt', { prompt: 'x'.repeat(1001) }, 'prompt: '],
    ['seed', { seed: 2 ** 53 }, 'seed: '],
    ['seed', { seed: -1 }, 'seed: '],
    ['steps', { steps: 0 }, 'steps: '],
    ['steps', { steps: 151 }, 'steps: '],
    ['guidanceScale', { guidanceScale: 31 }, 'guidanceScale: '],
    ['imageGuidanceScale', { imageGuidanceScale: Number.NaN }, 'imageGuidanceScale: '],
    ['image', { image: 'photo.jpg' }, 'image: expected asset_ and 26 base32 characters'],
    ['scheduler', { scheduler: 'magic' }, 'scheduler: '],
    ['quality', { quality: 0 }, 'quality: '],
    ['model', { model: '../secrets' }, 'model: expected name or owner/name'],
    ['version', { version: 2 }, 'version: '],
    ['field that belongs to another kind', { strength: 0.5 }, 'Unrecognized key: "strength"'],
  ])('is refused for a wrong %s, which the message names', (_field, wrong, message) => {
    expect(() => parseContract(JobRequest, { ...edit, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid_request', message: expect.stringContaining(message) }),
    );
  });

  test('is refused for a size that is no multiple of 8', () => {
    const generate = { kind: 'generate', prompt: 'a fox' };
    expect(parseContract(JobRequest, { ...generate, width: 512, height: 768 })).toMatchObject({ width: 512 });
    expect(() => parseContract(JobRequest, { ...generate, width: 513 })).toThrow(/^width: .*8/);
  });

  test('is refused, with every wrong field listed, whatever comes', () => {
    expect(() => parseContract(JobRequest, { ...edit, steps: 0, seed: 0.5 })).toThrow(
      expect.objectContaining({
        details: {
          issues: [expect.objectContaining({ field: 'seed' }), expect.objectContaining({ field: 'steps' })],
        },
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => parseContract(JobRequest, value)).toThrow(
          expect.objectContaining({ code: 'invalid_request' }),
        );
      }),
    );
  });
});

test('a prompt is kept as it was written, and refused without words', () => {
  expect(parseContract(EditRequest, { ...edit, prompt: ' snow\n' }).prompt).toBe(' snow\n');
  expect(JobRequest.safeParse({ ...edit, prompt: ' \n' }).success).toBe(false);
});
