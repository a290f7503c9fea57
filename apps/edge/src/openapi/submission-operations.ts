/** The rows that make jobs. */
import type { ErrorCode } from '@darkroom/shared/errors';
import { json } from './answers.ts';
import type { RequestName } from './contracts.ts';
import { formType } from './form.ts';
import type { Operation } from './operation.ts';

/** What is the same for everything that makes a job. */
const makesJob = {
  method: 'POST',
  tag: 'Jobs',
  access: 'edits:write',
  isIdempotent: true,
  headers: ['prefer'],
  answers: {
    201: json('JobView', 'The job, which has ended.', 'location', 'preference-applied'),
    202: json('JobView', 'The job, which is under way.', 'location', 'preference-applied'),
  },
} as const satisfies Partial<Operation>;

/** What is the same for everything that says what a photo shows. */
const looks = { ...makesJob, access: 'vision:write' } as const satisfies Partial<Operation>;

const refusals: readonly ErrorCode[] = [
  'insufficient_credit',
  'spend_cap_reached',
  'not_found',
  'conflict',
  'model_required',
  'model_not_found',
  'unavailable',
];
const pictureRefusals: readonly ErrorCode[] = ['image_too_large', 'unsupported_media', 'image_corrupt'];

/** A body that is JSON, or a form whose pictures may be files. */
const asJsonOrForm = (name: RequestName) => ({ 'application/json': name, [formType]: name });

export const submissionOperations: readonly Operation[] = [
  {
    ...makesJob,
    id: 'createEdit',
    path: '/v1/edits',
    summary: 'Edit a photo',
    description:
      'Changes a photo as the prompt says: all of it, what a mask shows white, or a region that words, points or a box name. The photo is an asset’s id in JSON, or comes along as a file of up to 32 MiB in a form; then it is kept as an asset.',
    body: asJsonOrForm('EditRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...makesJob,
    id: 'createInpaint',
    path: '/v1/inpaints',
    summary: 'Fill a part of a photo',
    description:
      'Paints what the prompt describes where the mask is white. Needs a model that can; `model_required` says how to get one.',
    body: asJsonOrForm('InpaintRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...makesJob,
    id: 'createImg2Img',
    path: '/v1/img2img',
    summary: 'Make a picture from a photo',
    description:
      'Makes what the prompt describes, starting from a photo. Needs a model that can; `model_required` says how to get one.',
    body: asJsonOrForm('Img2ImgRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...makesJob,
    id: 'createGeneration',
    path: '/v1/generations',
    summary: 'Make a picture from words',
    description: 'Needs a model that can; `model_required` says how to get one.',
    body: asJsonOrForm('GenerateRequest'),
    errors: refusals,
  },
  {
    ...looks,
    id: 'createSegmentation',
    path: '/v1/segmentations',
    summary: 'Outline something',
    description:
      'Finds what points, a box, words or an earlier mask name, or everything. The result has each mask as run lengths with its box and score; the one picture is white inside the best mask, or inside all of them where words were asked for or everything.',
    body: asJsonOrForm('SegmentRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...looks,
    id: 'createDetection',
    path: '/v1/detections',
    summary: 'Find things by their names',
    description:
      'The result has a box and a score for each thing that was found. Label maps are three pictures: which query each pixel answers (grey, counted from 1), which thing it belongs to (grey, by `instanceId`), and both as COCO’s panoptic colours, whose red, green and blue make the id R + 256 G + 65536 B.',
    body: asJsonOrForm('DetectRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...looks,
    id: 'createCaption',
    path: '/v1/captions',
    summary: 'Describe a photo',
    description: 'The result has one sentence and its score.',
    body: asJsonOrForm('CaptionRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...looks,
    id: 'createSimilarity',
    path: '/v1/similarities',
    summary: 'Compare a photo with texts',
    description:
      'The result has a score for each text. Needs a model that can; `model_required` says how to get one.',
    body: asJsonOrForm('SimilarityRequest'),
    errors: [...refusals, ...pictureRefusals],
  },
  {
    ...makesJob,
    id: 'reproduceJob',
    path: '/v1/jobs/:id/reproduce',
    summary: 'Do a job again',
    description:
      'A new job with the same photo, words, seed, settings and weights; it is refused if there are other weights now.',
    names: { id: 'JobId' },
    errors: refusals,
  },
];
