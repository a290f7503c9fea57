/** What a client asks for, one shape per kind of job; unknown fields are refused. */
import { z } from 'zod';
import {
  enhance,
  handling,
  height,
  image,
  imageGuidanceScale,
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

const words = { prompt, negativePrompt, enhance, model };
const kindOf = <K extends string>(kind: K, meaning: string) =>
  z.literal(kind).describe(`Kind of job: ${meaning}.`);

/** Change a photo as an instruction says. */
export const EditRequest = z.strictObject({
  version,
  kind: kindOf('edit', 'change a photo as the prompt instructs'),
  image,
  mask: mask.describe(`${mask.description} Absent = the whole photo may change.`).optional(),
  ...words,
  ...sampling,
  imageGuidanceScale,
  ...output,
  ...handling,
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

export const JobRequest = z.discriminatedUnion('kind', [
  EditRequest,
  GenerateRequest,
  Img2ImgRequest,
  InpaintRequest,
]);
export type JobRequest = z.infer<typeof JobRequest>;

export type JobKind = JobRequest['kind'];
export const jobKinds = ['edit', 'generate', 'img2img', 'inpaint'] as const satisfies readonly JobKind[];
