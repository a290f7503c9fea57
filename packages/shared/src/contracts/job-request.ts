/** What a client asks for, one shape per kind of job; unknown fields are refused. */
import { z } from 'zod';
import {
  enhance,
  handling,
  height,
  image,
  imageGuidanceScale,
  kindOf,
  mask,
  model,
  negativePrompt,
  output,
  prompt,
  sampling,
  strength,
  version,
  width,
} from './parameters.ts';
import { feather, Region } from './region.ts';
import { CaptionRequest, DetectRequest, SegmentRequest, SimilarityRequest } from './vision-request.ts';

const words = { prompt, negativePrompt, enhance, model };

/** Change a photo as an instruction says, all of it or a part. */
export const EditRequest = z
  .strictObject({
    version,
    kind: kindOf('edit', 'change a photo as the prompt instructs'),
    image,
    mask: mask.describe(`${mask.description} Absent = the whole photo may change, or its region.`).optional(),
    feather: feather
      .describe(
        'Width of the mask’s soft edge in pixels, 0 to 64, measured inwards; absent = as the mask is.',
      )
      .optional(),
    region: Region.describe(
      'What may change, by words, clicks or a box, in the place of a mask; absent = what the mask says, and for a prompt that only recolours one thing that thing, where it is found.',
    ).optional(),
    ...words,
    ...sampling,
    imageGuidanceScale,
    ...output,
    ...handling,
  })
  .refine((request) => !request.region || request.mask === undefined, {
    path: ['region'],
    message: 'expected a region or a mask, got both',
  })
  .refine((request) => request.feather === undefined || request.mask !== undefined, {
    path: ['feather'],
    message: 'expected a mask beside it; a region has its own',
  });
export type EditRequest = z.infer<typeof EditRequest>;

/** Make a picture from a description. */
export const GenerateRequest = z.strictObject({
  version,
  kind: kindOf('generate', 'make a picture that the prompt describes'),
  width,
  height,
  ...words,
  ...sampling,
  ...output,
  ...handling,
});
export type GenerateRequest = z.infer<typeof GenerateRequest>;

/** Make a picture from a description, starting from a photo. */
export const Img2ImgRequest = z.strictObject({
  version,
  kind: kindOf('img2img', 'make the picture that the prompt describes, starting from a photo'),
  image,
  strength: strength(0.8),
  ...words,
  ...sampling,
  ...output,
  ...handling,
});
export type Img2ImgRequest = z.infer<typeof Img2ImgRequest>;

/** Fill a masked region from a description. */
export const InpaintRequest = z.strictObject({
  version,
  kind: kindOf('inpaint', 'fill the masked region with what the prompt describes'),
  image,
  mask,
  strength: strength(1),
  ...words,
  ...sampling,
  ...output,
  ...handling,
});
export type InpaintRequest = z.infer<typeof InpaintRequest>;

/** The contract of each kind of job. */
export const requestContracts = {
  edit: EditRequest,
  generate: GenerateRequest,
  img2img: Img2ImgRequest,
  inpaint: InpaintRequest,
  segment: SegmentRequest,
  detect: DetectRequest,
  caption: CaptionRequest,
  similarity: SimilarityRequest,
} as const;

export const JobRequest = z.discriminatedUnion('kind', [
  requestContracts.edit,
  requestContracts.generate,
  requestContracts.img2img,
  requestContracts.inpaint,
  requestContracts.segment,
  requestContracts.detect,
  requestContracts.caption,
  requestContracts.similarity,
]);
export type JobRequest = z.infer<typeof JobRequest>;

export type JobKind = JobRequest['kind'];

/** Kinds that make pictures from words. */
export const pictureKinds = ['edit', 'generate', 'img2img', 'inpaint'] as const satisfies readonly JobKind[];
export type PictureKind = (typeof pictureKinds)[number];

/** Kinds that say what a photo shows. */
export const visionKinds = [
  'segment',
  'detect',
  'caption',
  'similarity',
] as const satisfies readonly JobKind[];
export type VisionKind = (typeof visionKinds)[number];

export const jobKinds = [...pictureKinds, ...visionKinds] as const satisfies readonly JobKind[];

/** The wish for one kind of job. */
export type RequestOf<K extends JobKind> = Extract<JobRequest, { readonly kind: K }>;
