import { expect, test } from 'vitest';
import { makeId } from '../ids.ts';
import { plannedOutputs } from './job-outputs.ts';
import { JobRequest, jobKinds } from './job-request.ts';

const image = makeId('asset', 1_700_000_000_000, new Uint8Array(10));
const png = { mime: 'image/png' } as const;

test.each([
  [
    { kind: 'edit', image, prompt: 'snow', count: 2, format: 'webp' },
    [{ mime: 'image/webp' }, { mime: 'image/webp' }],
  ],
  [{ kind: 'generate', prompt: 'snow' }, [png]],
  [{ kind: 'img2img', image, prompt: 'snow', format: 'jpeg' }, [{ mime: 'image/jpeg' }]],
  [{ kind: 'inpaint', image, mask: image, prompt: 'snow' }, [png]],
  [{ kind: 'segment', image }, [{ ...png, name: 'mask' }]],
  [{ kind: 'segment', image, multimask: true }, [{ ...png, name: 'mask' }]],
  [{ kind: 'detect', image, queries: ['dog'] }, []],
  [
    { kind: 'detect', image, queries: ['dog'], labelMaps: true },
    ['semantic', 'instance', 'panoptic'].map((name) => ({ ...png, name })),
  ],
  [{ kind: 'caption', image }, []],
  [{ kind: 'similarity', image, texts: ['a dog'] }, []],
] as const)('%j makes its pictures in order', (asked, planned) => {
  expect(plannedOutputs(JobRequest.parse(asked))).toEqual(planned);
});

test('a kind that is none is refused', () => {
  expect(() =>
    plannedOutputs({ ...JobRequest.parse({ kind: 'caption', image }), kind: 'paint' } as never),
  ).toThrow(new TypeError(`kind: expected one of ${jobKinds.join(', ')}, got paint`));
});
