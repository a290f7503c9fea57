/** What a client asks about a photo, one shape per kind of job; unknown fields are refused. */
import { z } from 'zod';
import { handling, image, kindOf, mask, model, version } from './parameters.ts';
import { Phrase, place } from './region.ts';

/** Instance ids are one byte of a picture, and 0 is the background. */
const maxInstances = 255;

/** Find the outline of what someone points at; without any hint, of everything. */
export const SegmentRequest = z.strictObject({
  version,
  kind: kindOf('segment', 'outline what points, box, text or mask name, or everything'),
  image,
  ...place,
  mask: mask
    .describe('An earlier mask to go on from, uploaded in the photo’s size; absent = none.')
    .optional(),
  multimask: z
    .boolean()
    .describe(
      'Whether to answer with three masks, of a part, a whole and more, the best first; absent = false.',
    )
    .default(false),
  model,
  ...handling,
});
export type SegmentRequest = z.infer<typeof SegmentRequest>;

/** Find things by their names. */
export const DetectRequest = z
  .strictObject({
    version,
    kind: kindOf('detect', 'find what the queries name'),
    image,
    queries: z
      .array(Phrase)
      .min(1)
      .max(16)
      .describe('What to look for, 1 to 16 names of 1 to 200 characters; required.'),
    threshold: z
      .number()
      .min(0)
      .max(1)
      .describe('Least score of what is told, 0 to 1; absent = the model’s own.')
      .optional(),
    limit: z
      .int()
      .min(1)
      .max(300)
      .describe('Most things that are told, the best first, 1 to 300; absent = 100.')
      .default(100),
    labelMaps: z
      .boolean()
      .describe(
        'Whether each thing is outlined too and three label maps are made, with a limit of at most 255; absent = false.',
      )
      .default(false),
    model,
    ...handling,
  })
  .refine(({ labelMaps, limit }) => !labelMaps || limit <= maxInstances, {
    path: ['limit'],
    message: `expected at most ${maxInstances} together with labelMaps`,
  });
export type DetectRequest = z.infer<typeof DetectRequest>;

/** Say in a sentence what a photo shows. */
export const CaptionRequest = z.strictObject({
  version,
  kind: kindOf('caption', 'say what the photo shows'),
  image,
  prompt: Phrase.describe(
    'Beginning of the caption, 1 to 200 characters; absent = the model’s own.',
  ).optional(),
  beams: z
    .int()
    .min(1)
    .max(8)
    .describe('Captions that are followed at once, 1 to 8; 1 = the likeliest next word; absent = 3.')
    .default(3),
  topP: z
    .number()
    .min(0.01)
    .max(1)
    .describe(
      'Draws each word among the likeliest that have this probability together, 0.01 to 1, instead of looking for the likeliest caption; absent = no chance.',
    )
    .optional(),
  seed: z
    .int()
    .min(0)
    .describe('Seed of what topP draws, 0 to 2^53-1; the same seed gives the same caption; absent = 0.')
    .optional(),
  maxTokens: z.int().min(1).max(64).describe('Most tokens of the caption, 1 to 64; absent = 30.').default(30),
  model,
  ...handling,
});
export type CaptionRequest = z.infer<typeof CaptionRequest>;

/** Say how well texts fit a photo. */
export const SimilarityRequest = z.strictObject({
  version,
  kind: kindOf('similarity', 'say how well each text fits the photo'),
  image,
  texts: z
    .array(z.string().max(1000).regex(/\S/, 'expected words'))
    .min(1)
    .max(32)
    .describe('Texts to compare with the photo, 1 to 32 of 1 to 1000 characters; required.'),
  model,
  ...handling,
});
export type SimilarityRequest = z.infer<typeof SimilarityRequest>;
