/** What the edge hands to a worker: a request with its images stored, its prompt decided and its seed drawn. */
import { z } from 'zod';
import { JobId } from '../ids.ts';
import { ImageRef } from './image-ref.ts';
import { EditRequest, GenerateRequest, Img2ImgRequest, InpaintRequest } from './job-request.ts';

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

const decided = {
  version: z.literal(1).describe('Version of the contract; required.'),
  id: JobId.describe('Id of the job.'),
  createdAtMs: z.int().min(0).describe('When the job was accepted, in milliseconds since 1970.'),
  prompt: PromptPair.describe('The client’s and the enhanced prompt.'),
  seed: z.int().min(0).describe('Seed of the noise, 0 to 2^53-1.'),
};
/** What the edge keeps to itself. */
const kept = { enhance: true, priority: true, expiresInSeconds: true, retentionSeconds: true } as const;
const image = ImageRef.describe('The photo.');
const mask = ImageRef.describe('The mask, of the photo’s size: white where the picture may change.');

export const EditJob = EditRequest.omit(kept).extend({
  ...decided,
  image,
  mask: mask.describe(`${mask.description} Absent = the whole photo may change.`).optional(),
});
export type EditJob = z.infer<typeof EditJob>;

export const GenerateJob = GenerateRequest.omit(kept).extend(decided);
export type GenerateJob = z.infer<typeof GenerateJob>;

export const Img2ImgJob = Img2ImgRequest.omit(kept).extend({ ...decided, image });
export type Img2ImgJob = z.infer<typeof Img2ImgJob>;

export const InpaintJob = InpaintRequest.omit(kept).extend({ ...decided, image, mask });
export type InpaintJob = z.infer<typeof InpaintJob>;

export const Job = z.discriminatedUnion('kind', [EditJob, GenerateJob, Img2ImgJob, InpaintJob]);
export type Job = z.infer<typeof Job>;
