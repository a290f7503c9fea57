import type { PictureJob } from '@darkroom/shared/contracts/job';
import { encodeImage, outputFormats } from '../image/encode.ts';
import type { Raster } from '../image/raster.ts';
import type { JobEvent, KernelContext } from './kernel.ts';
import { type Mask, reportMask } from './mask.ts';

/** Encodes one finished picture in the job's format. */
export async function encodeOutput(job: PictureJob, picture: Raster, index: number): Promise<JobEvent> {
  const bytes = await encodeImage(picture, { format: job.format, quality: job.quality });
  return outputOf(job, picture, { index, bytes });
}

/** A picture of which a part had to stay, and the photo that it was made from. */
export interface MaskedPicture {
  readonly picture: Raster;
  readonly photo: Raster;
  readonly mask: Mask;
}

/**
 * Encodes a picture of which a part had to stay, and counts in the file what did. PNG and WebP keep every pixel; JPEG does
 * not, and its report says so.
 */
export async function encodeMasked(
  job: PictureJob,
  { picture, photo, mask }: MaskedPicture,
  { index, decode }: { readonly index: number; readonly decode: KernelContext['decode'] },
): Promise<JobEvent> {
  const { format, quality } = job;
  const lossless = format !== 'jpeg';
  const bytes = await encodeImage(picture, { format, quality, lossless });
  const maskReport = reportMask(photo, await decode(bytes), mask, lossless);
  return { ...outputOf(job, picture, { index, bytes }), maskReport };
}

function outputOf(
  { format }: PictureJob,
  { width, height }: Raster,
  { index, bytes }: { readonly index: number; readonly bytes: Uint8Array },
): Extract<JobEvent, { kind: 'output' }> {
  return { kind: 'output', index, bytes, mime: outputFormats[format].mime, width, height };
}
