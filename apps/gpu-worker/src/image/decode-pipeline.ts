/** What decoding in the worker's own process and in one of its own have in common. */
import { AppError } from '@darkroom/shared/errors';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { type InputFormat, sniffMediaType } from './media-type.ts';

sharp.cache(false);

/** What a picture file may cost before it is refused. */
export interface DecodeLimits {
  /** Bytes of the file. */
  readonly maxBytes: number;
  /** Width times height, read from the header before any pixel is decoded. */
  readonly maxPixels: Readonly<Record<InputFormat, number>>;
  /** Wall clock for the pixels, in seconds. */
  readonly timeoutSeconds: number;
}

/** Sides of a picture as its file stores them, before it is turned upright. */
export type StoredSize = Pick<Metadata, 'width' | 'height'>;

/**
 * Reads type and sides; no pixel is decoded.
 * @throws AppError `unsupported_media` (another type, animated), `image_too_large` (pixels over the limit),
 * `image_corrupt` (empty, a header that cannot be read)
 */
export async function inspectImage(
  bytes: Uint8Array,
  limits: Pick<DecodeLimits, 'maxPixels'>,
): Promise<StoredSize> {
  const { format, name } = readType(bytes);
  const { width, height } = await readHeader(bytes);
  const maxPixels = limits.maxPixels[format];
  if (width * height > maxPixels) {
    throw new AppError('image_too_large', {
      message: `image: expected at most ${maxPixels / 1e6} megapixels of ${name}, got ${width}×${height}`,
      details: { limit: maxPixels, width, height },
    });
  }
  return { width, height };
}

/** Upright 8-bit sRGB, 3 channels or 4, of a file that `inspectImage` let pass; row after row where the format allows. */
export function uprightPixels(bytes: Uint8Array, { timeoutSeconds }: DecodeLimits): Sharp {
  return open(bytes).autoOrient().toColourspace('srgb').timeout({ seconds: timeoutSeconds });
}

/** The refusal of a file whose pixels cannot be decoded. */
export function undecodable(cause: unknown): AppError {
  return corrupt('image: the pixels cannot be decoded; the file may be truncated or damaged', cause);
}

/** Whether every pixel of RGBA is opaque. */
export function isOpaque(pixels: Uint8Array): boolean {
  for (let at = 3; at < pixels.length; at += 4) if (pixels[at] !== 255) return false;
  return true;
}

/** Moves the colours of RGBA together, in place. */
export function dropAlpha(pixels: Uint8Array): Uint8Array {
  let to = 0;
  for (let from = 0; from < pixels.length; from += 4) {
    pixels[to++] = pixels[from] as number;
    pixels[to++] = pixels[from + 1] as number;
    pixels[to++] = pixels[from + 2] as number;
  }
  return pixels.subarray(0, to);
}

function readType(bytes: Uint8Array): { readonly format: InputFormat; readonly name: string } {
  if (bytes.length === 0) throw corrupt('image: expected a picture, got an empty file');
  const { format, name } = sniffMediaType(bytes);
  if (format !== undefined) return { format, name };
  throw new AppError('unsupported_media', {
    message: `image: expected a still JPEG, PNG, WebP or AVIF, got ${name === 'unknown' ? 'a file of another type' : name}`,
    details: { type: name },
  });
}

/** One way to hand bytes to libvips; `failOn: 'error'` refuses truncated and damaged files, but not mere warnings. */
function open(bytes: Uint8Array): Sharp {
  return sharp(bytes, { failOn: 'error', limitInputPixels: false, sequentialRead: true });
}

async function readHeader(bytes: Uint8Array): Promise<Metadata> {
  const header = await open(bytes)
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
