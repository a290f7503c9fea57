/**
 * What a picture file is, from its first bytes: the door before anything is stored. It reads no pixels, so that it can
 * be lied to by them; what decodes them has limits of its own.
 */
import { type ImageRef, maxImagePixels } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import { readAvifHeader } from './avif-header.ts';
import { animated, corrupt, HeaderBytes, type Sides } from './header-bytes.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { readPngHeader } from './png-header.ts';
import { readWebpHeader } from './webp-header.ts';

/** Bytes within which the sides must be told: phones put metadata of some megabytes before them. */
export const maxHeaderBytes: number = 8 * 2 ** 20;
const maxSide = 65_535;

export interface ImageHeader extends Sides {
  readonly mime: ImageRef['mime'];
}

/** Major and compatible brands of an ISO base media file. */
function brandsOf(bytes: HeaderBytes): string[] {
  if (bytes.text(4, 4) !== 'ftyp') return [];
  const end = Math.min(bytes.uint32(0), 256);
  const brands = [bytes.name(8)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(bytes.name(at));
  return brands;
}

/** Names of files that are taken for pictures but not accepted, by how they begin. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^GIF8/, 'a GIF'],
  [/^(?:II[*+]\0|MM\0[*+])/, 'a TIFF'],
  [/^BM/, 'a BMP'],
  [/^%PDF-/, 'a PDF'],
  [/^(?:\xff\n|.{4}JXL )/s, 'a JPEG XL'],
  [/^.{4}ftyp(?:hei|hev|mif1|msf1)/s, 'a HEIC'],
  [/<svg[\s>]/i, 'an SVG'],
];

function unsupported(bytes: HeaderBytes): AppError {
  const beginning = bytes.text(0, 1024);
  const name = refused.find(([pattern]) => pattern.test(beginning))?.[1] ?? 'a file of another type';
  const message = `image: expected a still JPEG, PNG, WebP or AVIF, got ${name}`;
  return new AppError('unsupported_media', { message });
}

/** Type and declared sides: the picture’s first, then those of its parts. */
function read(bytes: HeaderBytes): readonly [ImageRef['mime'], Sides, ...Sides[]] {
  if (bytes.text(0, 3) === '\xff\xd8\xff') return ['image/jpeg', readJpegHeader(bytes)];
  if (bytes.text(0, 8) === '\x89PNG\r\n\x1a\n') return ['image/png', readPngHeader(bytes)];
  if (bytes.text(0, 4) === 'RIFF' && bytes.text(8, 4) === 'WEBP')
    return ['image/webp', readWebpHeader(bytes)];
  const brands = brandsOf(bytes);
  if (brands.includes('avis')) throw animated('AVIF');
  if (brands.includes('avif')) return ['image/avif', ...readAvifHeader(bytes)];
  throw unsupported(bytes);
}

function requireSides(mime: ImageRef['mime'], { width, height }: Sides): void {
  if (width === 0 || height === 0)
    throw corrupt(`expected sides of at least 1 pixel, got ${width}×${height}`);
  const maxPixels = maxImagePixels[mime];
  if (width <= maxSide && height <= maxSide && width * height <= maxPixels) return;
  const message = `image: expected at most ${maxPixels / 1e6} megapixels of ${mime} and sides up to ${maxSide}, got ${width}×${height}`;
  throw new AppError('image_too_large', { message, details: { limit: maxPixels, width, height } });
}

/**
 * Type and sides of a still JPEG, PNG, WebP or AVIF; the sides are those of the stored pixels, whatever rotation the
 * file asks for. Looks at no more than the first `maxHeaderBytes`, and needs no more of the file.
 *
 * @throws AppError `unsupported_media` (another type, animated), `image_too_large` (more pixels than the type may have),
 * `image_corrupt` (empty, cut off, against the rules of its format)
 */
export function readImageHeader(file: Uint8Array): ImageHeader {
  if (file.length === 0) throw corrupt('expected a picture, got an empty file');
  const [mime, sides, ...parts] = read(new HeaderBytes(file.subarray(0, maxHeaderBytes)));
  for (const declared of [sides, ...parts]) requireSides(mime, declared);
  return { mime, width: sides.width, height: sides.height };
}
