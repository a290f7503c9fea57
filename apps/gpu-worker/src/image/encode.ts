import { extname } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import sharp from 'sharp';
import { assertRaster, flattenAlpha, type Raster } from './raster.ts';

/** What encode writes, with its media type and longest possible side in pixels. */
export const outputFormats = {
  png: { mime: 'image/png', maxSide: 2 ** 31 - 1 },
  jpeg: { mime: 'image/jpeg', maxSide: 65_535 },
  webp: { mime: 'image/webp', maxSide: 16_383 },
} as const;
export type OutputFormat = keyof typeof outputFormats;

/** File type and how hard it compresses. */
export interface EncodeOptions {
  readonly format: OutputFormat;
  /** JPEG and WebP: 1 to 100, default 92. */
  readonly quality?: number;
  /** WebP: whether every pixel must come back as it was, whatever the quality. PNG always does so, JPEG never. */
  readonly lossless?: boolean;
}

const extensions: Readonly<Record<string, OutputFormat>> = {
  '.png': 'png',
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.webp': 'webp',
};

/**
 * The format that a file name's extension asks for, whatever its case.
 * @throws AppError `unsupported_media` for any extension but png, jpg, jpeg, webp.
 */
export function outputFormatOf(path: string): OutputFormat {
  const extension = extname(path).toLowerCase();
  const format = extensions[extension];
  if (format !== undefined) return format;
  throw new AppError('unsupported_media', {
    message: `out: expected a name ending in .png, .jpg, .jpeg or .webp, got "${path}"`,
    details: { extension },
  });
}

/**
 * Encodes a raster as sRGB without metadata. JPEG keeps colour at full resolution (4:4:4) and lays alpha on white; PNG
 * and WebP keep alpha.
 * @throws AppError `image_too_large` where a side exceeds what the format can hold, `invalid_request` for the quality.
 */
export async function encodeImage(raster: Raster, options: EncodeOptions): Promise<Uint8Array> {
  assertRaster(raster, 'raster');
  const { format, quality = 92, lossless = false } = options;
  assertEncodable(raster, format, quality);
  const { width, height, channels, data } = format === 'jpeg' ? flattenAlpha(raster) : raster;
  const pixels = sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
  switch (format) {
    case 'png':
      return pixels.png({ compressionLevel: 6 }).toBuffer();
    case 'jpeg':
      return pixels.jpeg({ quality, chromaSubsampling: '4:4:4' }).toBuffer();
    case 'webp':
      return pixels.webp(lossless ? { lossless, exact: true } : { quality }).toBuffer();
    default:
      return format satisfies never;
  }
}

function assertEncodable({ width, height }: Raster, format: OutputFormat, quality: number): void {
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new AppError('invalid_request', {
      message: `quality: expected a whole number from 1 to 100, got ${quality}`,
      details: { field: 'quality' },
    });
  }
  const { maxSide } = outputFormats[format];
  if (Math.max(width, height) > maxSide) {
    throw new AppError('image_too_large', {
      message: `image: ${format} holds sides up to ${maxSide} pixels, got ${width}×${height}`,
      details: { limit: maxSide, width, height },
    });
  }
}
