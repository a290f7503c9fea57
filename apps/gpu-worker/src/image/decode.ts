import { maxImageBytes } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { sniffMediaType } from './media-type.ts';
import type { Raster } from './raster.ts';

sharp.cache(false);

/** What a picture file may cost before it is refused. */
export interface DecodeLimits {
  /** Bytes of the file. */
  readonly maxBytes: number;
  /** Width times height, read from the header before any pixel is decoded. */
  readonly maxPixels: number;
  /** Wall clock for the pixels, in seconds. */
  readonly timeoutSeconds: number;
}

/** 128 MiB as in the contract, 50 megapixels, one minute. */
export const defaultDecodeLimits: DecodeLimits = {
  maxBytes: maxImageBytes,
  maxPixels: 50_000_000,
  timeoutSeconds: 60,
};

/** Sides of a picture as its file stores them, before it is turned upright. */
export type StoredSize = Pick<Metadata, 'width' | 'height'>;

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
  await inspectImage(bytes, limits);
  return decodePixels(bytes, limits);
}

/** Reads type and sides, and refuses what `decodeImage` refuses by them; no pixel is decoded. */
export async function inspectImage(bytes: Uint8Array, limits: DecodeLimits): Promise<StoredSize> {
  assertFile(bytes, limits);
  const { width, height } = await readHeader(bytes);
  if (width * height > limits.maxPixels) {
    throw new AppError('image_too_large', {
      message: `image: expected at most ${limits.maxPixels / 1e6} megapixels, got ${width}×${height}`,
      details: { limit: limits.maxPixels, width, height },
    });
  }
  return { width, height };
}

/** Decodes the pixels of a file that `inspectImage` let pass. */
export async function decodePixels(bytes: Uint8Array, limits: DecodeLimits): Promise<Raster> {
  const pipeline = open(bytes, limits.maxPixels)
    .autoOrient()
    .toColourspace('srgb')
    .timeout({ seconds: limits.timeoutSeconds })
    .raw({ depth: 'uchar' });
  const { data, info } = await pipeline.toBuffer({ resolveWithObject: true }).catch((cause: unknown) => {
    throw corrupt('image: the pixels cannot be decoded; the file may be truncated or damaged', cause);
  });
  return toRaster(data, info);
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

function assertFile(bytes: Uint8Array, limits: DecodeLimits): void {
  assertFileSize('image', bytes.length, limits);
  if (bytes.length === 0) throw corrupt('image: expected a picture, got an empty file');
  const type = sniffMediaType(bytes);
  if (type.format === undefined) {
    throw new AppError('unsupported_media', {
      message: `image: expected a still JPEG, PNG, WebP or AVIF, got ${type.name === 'unknown' ? 'a file of another type' : type.name}`,
      details: { type: type.name },
    });
  }
}

/** One way to hand bytes to libvips; `failOn: 'error'` refuses truncated and damaged files, but not mere warnings. */
function open(bytes: Uint8Array, limitInputPixels: number | false): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels, sequentialRead: true });
}

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  const header = await open(bytes, false)
    .metadata()
    .catch((cause: unknown) => {
      throw corrupt('image: the header cannot be read; the file may be truncated or damaged', cause);
    });
  if (!(header.width > 0 && header.height > 0)) {
    throw corrupt(`image: expected sides of at least 1 pixel, got ${header.width}×${header.height}`);
  }
  return header;
}

function corrupt(message: string, cause?: unknown): AppError {
  return new AppError('image_corrupt', { message, cause });
}

/** Grey to RGB, and an alpha channel that hides nothing away. */
function toRaster(data: Buffer, info: { width: number; height: number; channels: number }): Raster {
  const { width, height, channels } = info;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const hasAlpha = channels === 2 || channels === 4;
  const kept = hasAlpha && !isOpaque(bytes, channels) ? 4 : 3;
  if (kept === channels) return { width, height, channels: kept, data: bytes };
  const colours = channels < 3 ? 1 : 3;
  const pixels = new Uint8Array(width * height * kept);
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += kept) {
    for (let c = 0; c < 3; c++) pixels[to + c] = bytes[from + Math.min(c, colours - 1)] as number;
    if (kept === 4) pixels[to + 3] = bytes[from + channels - 1] as number;
  }
  return { width, height, channels: kept, data: pixels };
}

function isOpaque(bytes: Uint8Array, channels: number): boolean {
  for (let at = channels - 1; at < bytes.length; at += channels) if (bytes[at] !== 255) return false;
  return true;
}
