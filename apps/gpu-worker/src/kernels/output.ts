import type { PictureJob } from '@darkroom/shared/contracts/job';
import { encodeImage, outputFormats } from '../image/encode.ts';
import type { Raster } from '../image/raster.ts';
import type { JobEvent, KernelContext } from './kernel.ts';
import { compositeByMask, type Mask, reportMask } from './mask.ts';

/** Encodes one finished picture in the job's format. */
export async function encodeOutput(job: PictureJob, picture: Raster, index: number): Promise<JobEvent> {
  const bytes = await encodeImage(picture, { format: job.format, quality: job.quality });
  return outputOf(job, picture, { index, bytes });
}

/** An edited photo, and which part of it may differ from the photo. */
export interface EditedPhoto {
  readonly original: Raster;
  readonly edited: Raster;
  /** Absent: all of it. */
  readonly mask: Mask | undefined;
  /** Which of the job's pictures it is. */
  readonly index: number;
}

/**
 * Keeps the photo outside the mask, encodes, and counts in the file that it did. PNG and WebP keep every pixel; JPEG does not,
 * and its report says so.
 */
export async function encodeEdit(
  job: PictureJob,
  { original, edited, mask, index }: EditedPhoto,
  { decode }: KernelContext,
): Promise<JobEvent> {
  if (!mask) return encodeOutput(job, edited, index);
  const picture = compositeByMask(original, edited, mask);
  const { format, quality } = job;
  const lossless = format !== 'jpeg';
  const bytes = await encodeImage(picture, { format, quality, lossless });
  const maskReport = reportMask(original, await decode(bytes), mask, lossless);
  return { ...outputOf(job, picture, { index, bytes }), maskReport };
}

function outputOf(
  { format }: PictureJob,
  { width, height }: Raster,
  { index, bytes }: { readonly index: number; readonly bytes: Uint8Array },
): Extract<JobEvent, { kind: 'output' }> {
  return { kind: 'output', index, bytes, mime: outputFormats[format].mime, width, height };
}
