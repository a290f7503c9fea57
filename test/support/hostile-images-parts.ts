/** Bytes of which hostile pictures are made, and the honest pictures that they start from. */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import type { ErrorCode } from '@darkroom/shared/errors';
import { proceduralPhoto } from './procedural-photo.ts';

/** How the decoding of a hostile picture may end. */
export type HostileEnd = ErrorCode | 'refused' | 'decoded' | 'either';

/** A picture made to do harm. */
export interface HostileImage {
  readonly name: string;
  /** A code that it is refused with, `refused` with any, `decoded`, or `either` where that is the decoder's taste. */
  readonly ends: HostileEnd;
  readonly bytes: () => Uint8Array;
}

/** Rows of a table of hostile pictures: name, end, bytes. */
export type HostileRow = readonly [string, HostileEnd, () => Uint8Array];

type Part = Uint8Array | readonly number[] | string;

/** Bytes one behind the other; text counts as one byte a character. */
export function bytes(...parts: readonly Part[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? ascii(part) : Buffer.from(part))));
}

const ascii = (text: string) => Buffer.from(text, 'latin1');

/** A whole number of so many bytes, the most significant first. */
export function big(value: number, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Math.floor(value / 256 ** (size - 1 - i)) % 256);
}

/** The same, the least significant first. */
export function little(value: number, size: number): number[] {
  return big(value, size).reverse();
}

/** The same bytes again and again. */
export function repeated(count: number, part: Uint8Array): Buffer {
  return Buffer.alloc(count * part.length, part);
}

/** The bytes with others written over them from a place on. */
export function patched(original: Uint8Array, at: number, ...parts: readonly Part[]): Buffer {
  const copy = Buffer.from(original);
  copy.set(bytes(...parts), at);
  return copy;
}

/** A picture of 64 × 48, as encoders write it. */
const photo = proceduralPhoto(64, 48);
export const honest: { readonly [format in 'jpeg' | 'png' | 'webp' | 'avif']: Buffer } = {
  jpeg: Buffer.from(await encodeImage(photo, { format: 'jpeg', quality: 80 })),
  png: Buffer.from(await encodeImage(photo, { format: 'png' })),
  webp: Buffer.from(await encodeImage(photo, { format: 'webp', quality: 80 })),
  // 21 × 9 grey pixels with transparency, made with libvips; nothing here writes AVIF.
  avif: Buffer.from(
    `AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAAXBtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp
    bG9jAAAAAERAAAIAAQAAAAABlAABAAAAAAAAAB4AAgAAAAABsgABAAAAAAAAABIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABhdjAxAAAA
    ABVpbmZlAgAAAAACAABhdjAxAAAAAA5waXRtAAAAAAABAAAAr2lwcnAAAACKaXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAABUAAAAJAAAA
    EHBpeGkAAAAAAwgICAAAAAxhdjFDgQAcAAAAAA5waXhpAAAAAAEIAAAAOGF1eEMAAAAAdXJuOm1wZWc6bXBlZ0I6Y2ljcDpzeXN0ZW1zOmF1eGls
    aWFyeTphbHBoYQAAAAAdaXBtYQAAAAAAAAACAAEDgQIDAAIEhAIFhgAAABppcmVmAAAAAAAAAA5hdXhsAAIAAQABAAAAOG1kYXQSAAoIOBDpDSAh
    oNIyEB7CYqTv///xZ+BArrGhYWQSAAoFGBDpDCoyBx5A//FADoA=`,
    'base64',
  ),
};

/** A file cut off inside each of its structures. */
export function cuts(format: keyof typeof honest, lengths: readonly number[]): HostileRow[] {
  const whole = honest[format];
  return lengths.map((length) => {
    const kept = length < 0 ? whole.length + length : length;
    return [
      `a file of ${format} cut off after ${kept} bytes`,
      'image_corrupt',
      () => whole.subarray(0, kept),
    ];
  });
}

const zeroBlock = 2 ** 20;

/** A zlib stream that unpacks to zeros, a thousand times its size (RFC 1950, RFC 1951). */
export function packedZeros(mebibytes: number): Buffer {
  // Blocks that end on a byte and refer to nothing before them can be repeated.
  const block = deflateRawSync(Buffer.alloc(zeroBlock), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const lastBlock = [0x03, 0x00];
  const sum = ((mebibytes * zeroBlock) % 65_521) * 65_536 + 1;
  return bytes([0x78, 0xda], repeated(mebibytes, block), lastBlock, big(sum, 4));
}

/** A chunk of a PNG with its checksum. */
export function pngPart(name: string, content: Uint8Array | string): Buffer {
  const body = bytes(name, content);
  return bytes(big(content.length, 4), body, big(crc32(body), 4));
}

/** A segment of a JPEG. */
export function jpegPart(marker: number, ...parts: readonly Part[]): Buffer {
  const content = bytes(...parts);
  return bytes([0xff, marker], big(content.length + 2, 2), content);
}

/** A chunk of a RIFF, padded to an even length. */
export function riffPart(name: string, content: Uint8Array, length: number = content.length): Buffer {
  return bytes(name, little(length, 4), content, content.length % 2 === 1 ? [0] : []);
}

/** A box of an ISO base media file. */
export function boxOf(type: string, ...parts: readonly Part[]): Buffer {
  const content = bytes(...parts);
  return bytes(big(content.length + 8, 4), type, content);
}

/** A directory of EXIF: entries of tag, type, count and value, and where the next one is. */
function exifDirectory(
  entries: readonly (readonly [number, number, number, number])[],
  next: number,
): Buffer {
  const rows = entries.map(([tag, type, count, value]) =>
    bytes(big(tag, 2), big(type, 2), big(count, 4), big(value, 4)),
  );
  return bytes(big(entries.length, 2), ...rows, big(next, 4));
}

const tiff = (directory: Uint8Array) => bytes('MM\0*', big(8, 4), directory);
const [text, short, long, rational] = [2, 3, 4, 5];

/** EXIF that lies: name and content, from the TIFF header on. */
export const hostileExif: readonly (readonly [string, Buffer])[] = [
  ['a directory that is its own next', tiff(exifDirectory([[0x112, short, 1, 6 * 65_536]], 8))],
  [
    'a directory within itself',
    tiff(
      exifDirectory(
        [
          [0x8769, long, 1, 8],
          [0x8825, long, 1, 8],
        ],
        0,
      ),
    ),
  ],
  [
    'counts of 2^32',
    tiff(
      exifDirectory(
        [
          [0x10e, text, 0xffff_ffff, 0],
          [0x11a, rational, 0x2000_0000, 8],
        ],
        0,
      ),
    ),
  ],
  ['places beyond its end', tiff(exifDirectory([[0x10f, text, 999, 0xffff_fff0]], 0xffff_fff0))],
  ['65,535 entries of which one is there', bytes('MM\0*', big(8, 4), [0xff, 0xff], big(0, 12))],
  ['an orientation of 65,535', tiff(exifDirectory([[0x112, short, 1, 65_535 * 65_536]], 0))],
  [
    'a thumbnail as long as memory',
    tiff(
      exifDirectory(
        [
          [0x201, long, 1, 0],
          [0x202, long, 1, 0xffff_ffff],
        ],
        0,
      ),
    ),
  ],
  [
    'unknown types',
    tiff(
      exifDirectory(
        Array.from({ length: 500 }, (_, i) => [i, 99, 7, i]),
        0,
      ),
    ),
  ],
];

const entities = Array.from({ length: 20 }, (_, i) => `<!ENTITY e${i + 1} "${`&e${i};`.repeat(20)}">`).join(
  '',
);

/** XMP that lies: name and content. */
export const hostileXmp: readonly (readonly [string, string])[] = [
  ['20,000 elements within one another', `${'<x>'.repeat(10_000)}${'</x>'.repeat(10_000)}`],
  [
    'entities that grow to 20^20',
    `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">${entities}]><x>&e20;</x>`,
  ],
  ['an entity from the disk', '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'],
];

/** A colour profile of so many bytes (ICC.1, 7.2) whose table of tags may lie. */
export function colourProfile(sizeBytes: number, tags: number): Buffer {
  const head = bytes(big(sizeBytes, 4), 'lcms', big(0x0430_0000, 4), 'mntrRGB XYZ ', big(0, 12), 'acsp');
  const table = bytes(big(tags, 4), 'rXYZ', big(0xffff_fff0, 4), big(0xffff_fff0, 4));
  return bytes(head, Buffer.alloc(128 - head.length), table, Buffer.alloc(Math.max(0, sizeBytes - 144)));
}

/** Writes numbers bit by bit, the most significant first unless told otherwise. */
export function bits(
  fields: readonly (readonly [number, number])[],
  order: 'big' | 'little' = 'big',
): Buffer {
  const all = fields.flatMap(([value, size]) => {
    const digits = Array.from({ length: size }, (_, i) => Math.floor(value / 2 ** i) % 2);
    return order === 'big' ? digits.reverse() : digits;
  });
  return Buffer.from(
    Array.from({ length: Math.ceil(all.length / 8) }, (_, i) => {
      const eight = Array.from({ length: 8 }, (_, j) => all[i * 8 + j] ?? 0);
      return Number.parseInt((order === 'big' ? eight : eight.reverse()).join(''), 2);
    }),
  );
}
