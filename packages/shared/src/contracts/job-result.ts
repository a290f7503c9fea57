/**
 * What a job found out, beside its pictures; coordinates are pixels of the upright photo. Readers ignore fields they do
 * not know.
 */
import { z } from 'zod';
import { FoundBox, Phrase } from './region.ts';

/** Bytes of a result as JSON, at most. */
export const maxResultBytes: number = 2 ** 20;

const score = z.number().min(0).max(1);
const side = z.int().min(1).max(65_535);
const area = z
  .int()
  .min(0)
  .max(2 ** 32);
const box = FoundBox.describe('Box around it: [x0, y0, x1, y1].');

/** Run lengths of a mask: COCO's uncompressed form. */
export const Rle = z.object({
  size: z.tuple([side, side]).describe('Height and width of the mask, which are the photo’s.'),
  counts: z
    .array(area)
    .min(1)
    .max(524_288)
    .describe(
      'Lengths of runs of pixels outside and inside in turn, down each column, columns from left to right.',
    ),
});
export type Rle = z.infer<typeof Rle>;

/** One outlined thing. */
export const SegmentMask = z.object({
  score: z
    .number()
    .min(-1)
    .max(2)
    .describe('Overlap (IoU) with what was meant, as the model guesses it: about 0 to 1, not clamped.'),
  area: area.describe('Pixels inside.'),
  box,
  rle: Rle.describe('The mask, in run lengths.'),
  label: Phrase.describe('The words that named it; absent = no words did.').optional(),
});
export type SegmentMask = z.infer<typeof SegmentMask>;

/** One thing that was found by its name. */
export const Detection = z.object({
  label: Phrase.describe('The query that it answers.'),
  score: score.describe('How sure the model is, 0 to 1.'),
  box,
  instanceId: z
    .int()
    .min(1)
    .max(255)
    .describe('Its value in the instance map; absent = no label maps were asked for.')
    .optional(),
  area: area.describe('Pixels of its mask; absent = no label maps were asked for.').optional(),
  rle: Rle.describe('Its mask, in run lengths; absent = no label maps were asked for.').optional(),
});
export type Detection = z.infer<typeof Detection>;

const resultOf = <K extends string>(kind: K) => z.literal(kind).describe('Kind of job that it comes from.');

const omitted = z
  .int()
  .min(1)
  .describe('How many more there are, left out as a result holds at most 1 MiB; absent = none.')
  .optional();

export const SegmentResult = z.object({
  kind: resultOf('segment'),
  masks: z.array(SegmentMask).max(1000).describe('What was outlined, the best first.'),
  omitted,
});
export type SegmentResult = z.infer<typeof SegmentResult>;

export const DetectResult = z.object({
  kind: resultOf('detect'),
  detections: z.array(Detection).max(300).describe('What was found, the surest first.'),
  unknownQueries: z
    .array(Phrase)
    .max(16)
    .optional()
    .describe('Queries in which the model knows no word, so that it cannot find them; absent = none.'),
  omitted,
});
export type DetectResult = z.infer<typeof DetectResult>;

export const CaptionResult = z.object({
  kind: resultOf('caption'),
  caption: z.string().max(1000).describe('What the photo shows, in a sentence.'),
  score: z
    .number()
    .min(-1000)
    .max(0)
    .describe('Mean natural logarithm of the probabilities of its tokens: at most 0, and higher is surer.'),
});
export type CaptionResult = z.infer<typeof CaptionResult>;

export const SimilarityResult = z.object({
  kind: resultOf('similarity'),
  measure: z
    .enum(['cosine', 'match'])
    .describe('What scores are: cosines of the angle between photo and text, or probabilities of a match.'),
  similarities: z
    .array(
      z.object({
        text: z.string().max(1000).describe('The text.'),
        score: z.number().min(-1).max(1).describe('How well it fits: −1 to 1 by cosine, 0 to 1 by match.'),
      }),
    )
    .max(32)
    .describe('Each text, in the order of the request.'),
});
export type SimilarityResult = z.infer<typeof SimilarityResult>;

export const JobResult = z.discriminatedUnion('kind', [
  SegmentResult,
  DetectResult,
  CaptionResult,
  SimilarityResult,
]);
export type JobResult = z.infer<typeof JobResult>;

/** Things that a summary names, at most. */
export const maxSummarised = 100;

const omittedInSummary = z.int().min(1).describe('How many more there are; absent = none.').optional();

/** A result without what makes it large: the run lengths of masks, and all but the first of very many things. */
export const ResultSummary = z.discriminatedUnion('kind', [
  SegmentResult.extend({
    omitted: omittedInSummary,
    masks: z
      .array(SegmentMask.omit({ rle: true }))
      .max(maxSummarised)
      .describe('What was outlined, the best first, at most 100 and without the masks themselves.'),
  }),
  DetectResult.extend({
    omitted: omittedInSummary,
    detections: z
      .array(Detection.omit({ rle: true }))
      .max(maxSummarised)
      .describe('What was found, the surest first, at most 100 and without masks.'),
  }),
  CaptionResult,
  SimilarityResult,
]);
export type ResultSummary = z.infer<typeof ResultSummary>;

/** How many are not told of; absent = none. */
function omittedOf(count: number, omitted = 0): { omitted?: number } {
  const more = Math.max(0, count - maxSummarised) + omitted;
  return more > 0 ? { omitted: more } : {};
}

const withoutMask = <T extends { readonly rle?: Rle | undefined }>({ rle, ...rest }: T) => rest;

/** What a result says in short. */
export function summaryOf(result: JobResult): ResultSummary {
  switch (result.kind) {
    case 'segment': {
      const { kind, masks, omitted } = result;
      const shown = masks.slice(0, maxSummarised).map(withoutMask);
      return { kind, masks: shown, ...omittedOf(masks.length, omitted) };
    }
    case 'detect': {
      const { detections, omitted, ...rest } = result;
      const shown = detections.slice(0, maxSummarised).map(withoutMask);
      return { ...rest, detections: shown, ...omittedOf(detections.length, omitted) };
    }
    case 'caption':
    case 'similarity':
      return result;
    default:
      return result satisfies never;
  }
}
