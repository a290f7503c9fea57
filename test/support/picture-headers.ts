/** Beginnings of picture files, written byte by byte, so that they can lie in every field. */

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Bytes one behind the other; text counts as one byte a character. */
export function join(
  ...parts: readonly (Uint8Array | readonly number[] | string)[]
): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? ascii(part) : part)]));
}

const big = (value: number, size: number) =>
  Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);
const little = (value: number, size: number) => big(value, size).reverse();

/** A segment of a JPEG: marker, length with its own two bytes, content. */
export const segment = (marker: number, content: Uint8Array | string): Uint8Array =>
  join([0xff, marker], big(content.length + 2, 2), content);

/** A JPEG up to its pixels, with these segments before its frame. */
export const jpegHeader = (
  width: number,
  height: number,
  ...before: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> =>
  join(
    [0xff, 0xd8],
    ...before,
    segment(0xc0, join([8], big(height, 2), big(width, 2), [3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])),
    segment(0xda, '\x03\x01\x00\x02\x11\x03\x11\x00\x3f\x00'),
  );

/** A chunk of a PNG, whose checksum nobody reads here. */
export const pngChunk = (
  name: string,
  content: Uint8Array | string,
  length: number = content.length,
): Uint8Array => join(big(length, 4), name, content, [0, 0, 0, 0]);

/** A PNG up to its pixels, with these chunks before them. */
export const pngHeader = (
  width: number,
  height: number,
  ...before: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> =>
  join(
    '\x89PNG\r\n\x1a\n',
    pngChunk('IHDR', join(big(width, 4), big(height, 4), [8, 2, 0, 0, 0])),
    ...before,
    pngChunk('IDAT', 'x'),
  );

const riffChunk = (name: string, content: Uint8Array, length = content.length): Uint8Array =>
  join(name, little(length, 4), content, content.length % 2 === 1 ? [0] : []);
const riff = (...chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const content = join('WEBP', ...chunks);
  return join('RIFF', little(content.length, 4), content);
};

const lossy = (width: number, height: number) =>
  riffChunk('VP8 ', join([0x10, 0, 0, 0x9d, 0x01, 0x2a], little(width, 2), little(height, 2), [0, 0]));

/** A lossy WebP. */
export const webpHeader = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  riff(lossy(width, height));

/** A lossless WebP. */
export const losslessWebpHeader = (width: number, height: number): Uint8Array<ArrayBuffer> =>
  riff(riffChunk('VP8L', join([0x2f], little(width - 1 + (height - 1) * 2 ** 14, 4), [0])));

/** A WebP with a canvas, and in it a picture whose sides may be others. */
export const extendedWebpHeader = (
  [width, height]: readonly [number, number],
  picture: readonly [number, number] = [width, height],
  { flags = 0, before = [] as readonly Uint8Array[] } = {},
): Uint8Array<ArrayBuffer> =>
  riff(
    riffChunk('VP8X', join([flags, 0, 0, 0], little(width - 1, 3), little(height - 1, 3))),
    ...before,
    lossy(...picture),
  );

/** A chunk of a WebP, with a length that may be a lie. */
export const webpChunk = riffChunk;

/** A box of an ISO base media file. */
export const box = (
  type: string,
  ...content: readonly (Uint8Array | readonly number[] | string)[]
): Uint8Array => {
  const bytes = join(...content);
  return join(big(bytes.length + 8, 4), type, bytes);
};

export const ispe = (width: number, height: number): Uint8Array =>
  box('ispe', [0, 0, 0, 0], big(width, 4), big(height, 4));

export interface AvifParts {
  readonly brands?: string;
  readonly properties?: readonly Uint8Array[];
  /** Numbers of the primary item's properties. */
  readonly own?: readonly number[];
  /** Count of items that the list of properties announces. */
  readonly items?: number;
  /** Boxes beside those in meta. */
  readonly more?: readonly Uint8Array[];
}

/** An AVIF up to its pixels. */
export function avifHeader(width: number, height: number, parts: AvifParts = {}): Uint8Array<ArrayBuffer> {
  const {
    brands = 'avif\0\0\0\0avifmif1miaf',
    properties = [ispe(width, height)],
    own = [1],
    items = 1,
    more = [],
  } = parts;
  const ipma = box('ipma', [0, 0, 0, 0], big(items, 4), big(1, 2), [own.length], own);
  return join(
    box('ftyp', brands),
    box(
      'meta',
      [0, 0, 0, 0],
      box('pitm', [0, 0, 0, 0], big(1, 2)),
      box('iprp', box('ipco', ...properties), ipma),
      ...more,
    ),
    box('mdat', 'pixels'),
  );
}
