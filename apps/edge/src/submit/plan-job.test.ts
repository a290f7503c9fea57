import { JobRequest } from '@darkroom/shared/contracts/job-request';
import { expect, test } from 'vitest';
import { workOf } from './plan-job.ts';

const id = `asset_${'0'.repeat(26)}`;
const model = { family: 'stable-diffusion', steps: 30, side: 512 } as const;
const picture = { key: 'k', sha256: 's', sizeBytes: 1, mime: 'image/png' } as const;
const image = { ...picture, width: 6, height: 4 };
const ofPhoto = { family: 'stable-diffusion', width: 6, height: 4 };

test.each([
  [
    { kind: 'edit', image: id, prompt: 'snow' },
    { steps: 30, pictures: 1, ...ofPhoto },
  ],
  [
    { kind: 'edit', image: id, prompt: 'snow', steps: 5, count: 2 },
    { steps: 5, pictures: 2, ...ofPhoto },
  ],
  [
    { kind: 'segment', image: id },
    { steps: 0, pictures: 1, ...ofPhoto },
  ],
  [
    { kind: 'detect', image: id, queries: ['a'], labelMaps: true },
    { steps: 0, pictures: 1, ...ofPhoto },
  ],
  [
    { kind: 'caption', image: id },
    { steps: 0, pictures: 1, ...ofPhoto },
  ],
] as const)('the work of %j', (asked, work) => {
  expect(workOf({ request: JobRequest.parse(asked) }, model, { image })).toEqual({
    kind: asked.kind,
    ...work,
  });
});

test('the work of a picture from words alone has the size that is asked for, or the model’s own', () => {
  const asked = { kind: 'generate', prompt: 'snow', width: 64 };
  expect(workOf({ request: JobRequest.parse(asked) }, model, {})).toMatchObject({ width: 64, height: 512 });
});
