import { maxImageBytes, maxImagePixels } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import {
  type DecodeLimits,
  dropAlpha,
  inspectImage,
  isOpaque,
  undecodable,
  uprightPixels,
} from './decode-pipeline.ts';
import type { Raster } from './raster.ts';

/** 128 MiB as in the contract; the pixels that are decoded within 512 MiB of memory; one minute. */
export const defaultDecodeLimits: DecodeLimits = {
  maxBytes: maxImageBytes,
  maxPixels: {
    jpeg: maxImagePixels['image/jpeg'],
    png: maxImagePixels['image/png'],
    webp: maxImagePixels['image/webp'],
    avif: maxImagePixels['image/avif'],
  },
  timeoutSeconds: 60,
};

/**
 * Decodes a still JPEG, PNG, WebP or AVIF to upright 8-bit sRGB: EXIF orientation applied, colours converted from the
 * embedded profile, metadata dropped. The raster has 4 channels only where some pixel is not opaque.
 * @throws AppError `unsupported_media` (another type, animated), `image_too_large` (bytes or pixels over the limits),
 * `image_corrupt` (empty, truncated, undecodable).
 */
export async function decodeImage(
  bytes: Uint8Array,
  limits: DecodeLimits = defaultDecodeLimits,
): Promise<Raster> {
  assertFileSize('image', bytes.length, limits);
  await inspectImage(bytes, limits);
  const pixels = uprightPixels(bytes, limits).raw({ depth: 'uchar' });
  const { data, info } = await pixels.toBuffer({ resolveWithObject: true }).catch((cause: unknown) => {
    throw undecodable(cause);
  });
  return toRaster(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), info);
}

/** @throws AppError `image_too_large`, in MiB, beginning with `name` */
export function assertFileSize(name: string, sizeBytes: number, { maxBytes }: DecodeLimits): void {
  if (sizeBytes <= maxBytes) return;
  const inMebibytes = (count: number) => Number((count / 2 ** 20).toFixed(2));
  throw new AppError('image_too_large', {
    message: `${name}: expected at most ${inMebibytes(maxBytes)} MiB, got ${inMebibytes(sizeBytes)} MiB`,
    details: { limit: maxBytes, bytes: sizeBytes },
  });
}

/** Leaves out an alpha channel that hides nothing away. */
function toRaster(
  data: Uint8Array,
  { width, height, channels }: { width: number; height: number; channels: number },
): Raster {
  if (channels !== 4) return { width, height, channels: 3, data };
  if (!isOpaque(data)) return { width, height, channels: 4, data };
  return { width, height, channels: 3, data: dropAlpha(data) };
}
