import { describe, expect, test } from 'vitest';
import { makeId } from '../ids.ts';
import { JobRequest } from './job-request.ts';
import { parseContract } from './parse-contract.ts';

const image = makeId('asset', 1_700_000_000_000, new Uint8Array(10));
const mask = makeId('asset', 1_700_000_000_001, new Uint8Array(10));
const handling = { priority: 'interactive', expiresInSeconds: 900 };
const needs = {
  segment: { kind: 'segment', image },
  detect: { kind: 'detect', image, queries: ['dog'] },
  caption: { kind: 'caption', image },
  similarity: { kind: 'similarity', image, texts: ['a dog'] },
  edit: { kind: 'edit', image, prompt: 'make the car red' },
} as const;

describe('what is asked about a photo', () => {
  test('needs the photo and little else', () => {
    expect(parseContract(JobRequest, needs.segment)).toEqual({
      version: 1,
      ...needs.segment,
      multimask: false,
      ...handling,
    });
    expect(parseContract(JobRequest, needs.detect)).toEqual({
      version: 1,
      ...needs.detect,
      limit: 100,
      labelMaps: false,
      ...handling,
    });
    expect(parseContract(JobRequest, needs.caption)).toEqual({
      version: 1,
      ...needs.caption,
      beams: 3,
      maxTokens: 30,
      ...handling,
    });
    expect(parseContract(JobRequest, needs.similarity)).toEqual({
      version: 1,
      ...needs.similarity,
      ...handling,
    });
  });

  test('may be pointed at in several ways at once, and a click is on the object unless it says', () => {
    const asked = {
      ...needs.segment,
      points: [{ x: 350, y: 450.5 }],
      box: [0, 0, 8, 9],
      text: 'the dog',
      mask,
    };
    expect(parseContract(JobRequest, asked)).toMatchObject({
      ...asked,
      points: [{ x: 350, y: 450.5, label: 1 }],
    });
  });
});

describe('a bad prompt', () => {
  const clicks = (count: number) => Array.from({ length: count }, () => ({ x: 1, y: 1 }));
  test.each([
    ['segment', 'points.0.x', { points: [{ x: -1, y: 0 }] }],
    ['segment', 'points.0.y', { points: [{ x: 0, y: 65_536 }] }],
    ['segment', 'points.0.label', { points: [{ x: 0, y: 0, label: 2 }] }],
    ['segment', 'points', { points: [] }],
    ['segment', 'points', { points: clicks(33) }],
    ['segment', 'box', { box: [4, 0, 4, 9] }],
    ['segment', 'box', { box: [9, 9, 4, 4] }],
    ['segment', 'box', { box: [0, 0, 4] }],
    ['segment', 'text', { text: ' \n' }],
    ['segment', 'mask', { mask: 'mask.png' }],
    ['segment', '', { prompt: 'the dog' }],
    ['detect', 'queries', { queries: [] }],
    ['detect', 'queries.1', { queries: ['dog', ''] }],
    ['detect', 'queries', { queries: Array(17).fill('dog') }],
    ['detect', 'threshold', { threshold: 1.1 }],
    ['detect', 'limit', { limit: 301 }],
    ['detect', 'limit', { limit: 256, labelMaps: true }],
    ['caption', 'beams', { beams: 9 }],
    ['caption', 'topP', { topP: 0 }],
    ['caption', 'seed', { seed: -1 }],
    ['caption', 'maxTokens', { maxTokens: 0 }],
    ['caption', 'prompt', { prompt: ' ' }],
    ['similarity', 'texts', { texts: [] }],
    ['similarity', 'texts.0', { texts: ['\t'] }],
    ['edit', 'region', { region: {} }],
    ['edit', 'region', { region: { feather: 1 } }],
    ['edit', 'region', { region: { text: 'the car' }, mask }],
    ['edit', 'region.box', { region: { box: [0, 0, 0, 9] } }],
    ['edit', 'region.feather', { region: { text: 'the car', feather: 65 } }],
    ['edit', 'feather', { feather: 3 }],
    ['edit', 'feather', { feather: 3, region: { text: 'the car' } }],
  ] as const)('is refused, in %s jobs, for a wrong %s alone', (kind, field, wrong) => {
    expect(() => parseContract(JobRequest, { ...needs[kind], ...wrong })).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        details: { issues: [expect.objectContaining({ field })] },
      }),
    );
  });
});

test('an edit of a region has a soft edge unless it says, and that of a mask is as the mask is', () => {
  const region = { text: 'the car' };
  expect(parseContract(JobRequest, { ...needs.edit, region })).toHaveProperty('region', {
    ...region,
    feather: 2,
  });
  expect(parseContract(JobRequest, { ...needs.edit, mask, feather: 0.5 })).toHaveProperty('feather', 0.5);
  expect(parseContract(JobRequest, { ...needs.edit, mask })).not.toHaveProperty('feather');
});
