import type { PictureJob } from '@darkroom/shared/contracts/job';
import { encodeImage, outputFormats } from '../image/encode.ts';
import type { Raster } from '../image/raster.ts';
import type { JobEvent } from './kernel.ts';
import type { MaskReport } from './mask.ts';

/** Encodes one finished picture in the job's format. */
export async function encodeOutput(
  job: PictureJob,
  picture: Raster,
  { index, maskReport }: { readonly index: number; readonly maskReport?: MaskReport | undefined },
): Promise<JobEvent> {
  const { width, height } = picture;
  const bytes = await encodeImage(picture, { format: job.format, quality: job.quality });
  const { mime } = outputFormats[job.format];
  return { kind: 'output', index, bytes, mime, width, height, ...(maskReport && { maskReport }) };
}
