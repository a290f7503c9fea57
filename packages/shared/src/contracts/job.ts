/** What the edge hands to a worker: a request with its images stored, its prompt decided and its seed drawn. */
import { z } from 'zod';
import { JobId } from '../ids.ts';
import { ImageRef } from './image-ref.ts';
import { EditRequest, GenerateRequest, Img2ImgRequest, InpaintRequest } from './job-request.ts';
import { CaptionRequest, DetectRequest, SegmentRequest, SimilarityRequest } from './vision-request.ts';

/** The client's words, and the reworded prompt that the model gets. */
export const PromptPair = z.strictObject({
  original: z.string().min(1).max(1000).describe('The client’s own words.'),
  enhanced: z
    .string()
    .min(1)
    .max(2000)
    .nullable()
    .describe('The reworded prompt that is used instead; null = the original is used.'),
});
export type PromptPair = z.infer<typeof PromptPair>;

const admitted = {
  version: z.literal(1).describe('Version of the contract; required.'),
  id: JobId.describe('Id of the job.'),
  createdAtMs: z.int().min(0).describe('When the job was accepted, in milliseconds since 1970.'),
};
const decided = {
  ...admitted,
  prompt: PromptPair.describe('The client’s and the enhanced prompt.'),
  seed: z.int().min(0).describe('Seed of the noise, 0 to 2^53-1.'),
};
/** What the edge keeps to itself. */
const handled = { priority: true, expiresInSeconds: true, retentionSeconds: true } as const;
const kept = { ...handled, enhance: true } as const;
const image = ImageRef.describe('The photo.');
const mask = ImageRef.describe('The mask, of the photo’s size: white where the picture may change.');

/** Which fields exclude each other was checked with the request. */
export const EditJob = z
  .strictObject(EditRequest.shape)
  .omit(kept)
  .extend({
    ...decided,
    image,
    mask: mask.describe(`${mask.description} Absent = the whole photo may change, or its region.`).optional(),
  });
export type EditJob = z.infer<typeof EditJob>;

export const GenerateJob = GenerateRequest.omit(kept).extend(decided);
export type GenerateJob = z.infer<typeof GenerateJob>;

export const Img2ImgJob = Img2ImgRequest.omit(kept).extend({ ...decided, image });
export type Img2ImgJob = z.infer<typeof Img2ImgJob>;

export const InpaintJob = InpaintRequest.omit(kept).extend({ ...decided, image, mask });
export type InpaintJob = z.infer<typeof InpaintJob>;

export const SegmentJob = SegmentRequest.omit(handled).extend({
  ...admitted,
  image,
  mask: ImageRef.describe('An earlier mask to go on from, of the photo’s size; absent = none.').optional(),
});
export type SegmentJob = z.infer<typeof SegmentJob>;

export const DetectJob = z
  .strictObject(DetectRequest.shape)
  .omit(handled)
  .extend({ ...admitted, image });
export type DetectJob = z.infer<typeof DetectJob>;

export const CaptionJob = CaptionRequest.omit(handled).extend({ ...admitted, image });
export type CaptionJob = z.infer<typeof CaptionJob>;

export const SimilarityJob = SimilarityRequest.omit(handled).extend({ ...admitted, image });
export type SimilarityJob = z.infer<typeof SimilarityJob>;

export const Job = z.discriminatedUnion('kind', [
  EditJob,
  GenerateJob,
  Img2ImgJob,
  InpaintJob,
  SegmentJob,
  DetectJob,
  CaptionJob,
  SimilarityJob,
]);
export type Job = z.infer<typeof Job>;

/** A job that makes pictures from words. */
export type PictureJob = EditJob | GenerateJob | Img2ImgJob | InpaintJob;
