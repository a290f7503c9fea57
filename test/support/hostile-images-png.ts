/** PNGs made to do harm (Portable Network Graphics, third edition). */
import { deflateSync } from 'node:zlib';
import {
  big,
  bytes,
  colourProfile,
  cuts,
  type HostileRow,
  honest,
  hostileExif,
  hostileXmp,
  packedZeros,
  patched,
  pngPart,
  repeated,
} from './hostile-images-parts.ts';

const { png } = honest;
const signature = png.subarray(0, 8);
const headerEnd = 33;
const lastChunk = pngPart('IEND', '');

/** Depth, colour type, compression, filter, interlace. */
type Kind = readonly [number, number, number, number, number];
const rgb: Kind = [8, 2, 0, 0, 0];

const header = (width: number, height: number, kind: Kind = rgb) =>
  pngPart('IHDR', bytes(big(width, 4), big(height, 4), kind));

/** The honest PNG that declares other sides. */
const declaring = (width: number, height: number) =>
  bytes(signature, header(width, height), png.subarray(headerEnd));

/** The honest PNG with more between its header and its pixels. */
const having = (...chunks: readonly Uint8Array[]) =>
  bytes(png.subarray(0, headerEnd), ...chunks, png.subarray(headerEnd));

/** A PNG of these pixels, packed already. */
const holding = (head: Uint8Array, packed: Uint8Array, ...before: readonly Uint8Array[]) =>
  bytes(signature, head, ...before, pngPart('IDAT', packed), lastChunk);

const fourGrey = deflateSync(Buffer.from([0, 1, 2, 3, 4]));
const animation = (frames: number) => pngPart('acTL', bytes(big(frames, 4), big(0, 4)));

const sides: readonly HostileRow[] = [
  ['a PNG declaring 2 gigapixels', 'image_too_large', () => declaring(50_000, 40_000)],
  ['a PNG declaring the largest sides', 'refused', () => declaring(0x7fff_ffff, 0x7fff_ffff)],
  ['a PNG declaring negative sides', 'image_corrupt', () => declaring(0xffff_ffff, 0xffff_ffff)],
  ['a PNG of width 0', 'image_corrupt', () => declaring(0, 48)],
  ['a PNG of height 0', 'image_corrupt', () => declaring(64, 0)],
  ['a PNG with fewer rows than declared', 'image_corrupt', () => declaring(64, 4000)],
  ['a PNG of one row of 49 megapixels', 'refused', () => declaring(49_000_000, 1)],
  ['a PNG of the largest area, of zeros', 'decoded', () => holding(header(8165, 6120), packedZeros(143))],
  [
    'a PNG of 49 megapixels, interlaced, of one bit each',
    'either',
    () => holding(header(7000, 7000, [1, 0, 0, 0, 1]), packedZeros(6)),
  ],
];

const bombs: readonly HostileRow[] = [
  [
    'a small PNG whose pixels unpack to a gibibyte',
    'either',
    () => holding(header(64, 48), packedZeros(1024)),
  ],
  [
    'a PNG with text of a gibibyte',
    'either',
    () => having(pngPart('zTXt', bytes('x\0\0', packedZeros(1024)))),
  ],
  [
    'a PNG with international text of a gibibyte',
    'either',
    () => having(pngPart('iTXt', bytes('x\0\x01\0\0\0', packedZeros(1024)))),
  ],
  [
    'a PNG with a profile of a gibibyte',
    'either',
    () => having(pngPart('iCCP', bytes('x\0\0', packedZeros(1024)))),
  ],
  ['a PNG with 100,000 empty texts', 'either', () => having(repeated(100_000, pngPart('tEXt', 'x\0')))],
  [
    'a PNG with 3,000 packed texts of a mebibyte',
    'either',
    () => having(repeated(3000, pngPart('zTXt', bytes('x\0\0', packedZeros(1))))),
  ],
  [
    'a PNG whose pixels come a byte at a time',
    'decoded',
    () => {
      const rows = Array.from({ length: 48 }, (_, y) => bytes([0], png.subarray(y * 150, y * 150 + 192)));
      const single = [...deflateSync(bytes(...rows))].map((byte) => pngPart('IDAT', Buffer.from([byte])));
      return bytes(png.subarray(0, headerEnd), ...single, lastChunk);
    },
  ],
  ['a PNG with 50,000 empty parts of pixels', 'either', () => having(repeated(50_000, pngPart('IDAT', '')))],
  ['a PNG animated with 10,000 frames', 'unsupported_media', () => having(animation(10_000))],
  [
    'a PNG that hides its animation behind texts',
    'either',
    () => having(repeated(70, pngPart('tEXt', 'x\0')), animation(10_000)),
  ],
];

const rules: readonly HostileRow[] = [
  [
    'a PNG whose header has a wrong checksum',
    'image_corrupt',
    () => patched(png, headerEnd - 4, [1, 2, 3, 4]),
  ],
  [
    'a PNG whose pixels have a wrong checksum',
    'image_corrupt',
    () => patched(png, png.length - 16, [1, 2, 3, 4]),
  ],
  ['a PNG with a chunk of 2^31 bytes', 'image_corrupt', () => having(bytes(big(0x7fff_ffff, 4), 'tEXtx'))],
  [
    'a PNG with a chunk of negative length',
    'image_corrupt',
    () => having(bytes(big(0xffff_fff4, 4), 'tEXtx')),
  ],
  ['a PNG of an unknown critical chunk', 'either', () => having(pngPart('ABCD', 'x'))],
  ['a PNG of two headers', 'either', () => having(header(4000, 4000))],
  [
    'a PNG whose header comes second',
    'image_corrupt',
    () => bytes(signature, pngPart('tEXt', 'x\0'), png.subarray(8)),
  ],
  ['a PNG without pixels', 'image_corrupt', () => bytes(png.subarray(0, headerEnd), lastChunk)],
  ['a PNG of its signature alone', 'image_corrupt', () => signature],
  [
    'a PNG of a colour type that is none',
    'image_corrupt',
    () => holding(header(2, 2, [8, 1, 0, 0, 0]), fourGrey),
  ],
  ['a PNG of 3 bits', 'image_corrupt', () => holding(header(2, 2, [3, 0, 0, 0, 0]), fourGrey)],
  [
    'a PNG interlaced in an unknown way',
    'image_corrupt',
    () => holding(header(2, 2, [8, 0, 0, 0, 7]), fourGrey),
  ],
  ['a PNG packed in an unknown way', 'image_corrupt', () => holding(header(2, 2, [8, 0, 9, 0, 0]), fourGrey)],
  ['a PNG without its palette', 'image_corrupt', () => holding(header(2, 2, [8, 3, 0, 0, 0]), fourGrey)],
  [
    'a PNG whose pixels are beyond its palette',
    'either',
    () => holding(header(2, 2, [8, 3, 0, 0, 0]), deflateSync(Buffer.alloc(6, 200)), pngPart('PLTE', 'rgb')),
  ],
  [
    'a PNG with a palette of 300 colours',
    'either',
    () =>
      holding(
        header(2, 2, [8, 3, 0, 0, 0]),
        deflateSync(Buffer.alloc(6)),
        pngPart('PLTE', Buffer.alloc(900)),
      ),
  ],
  [
    'a PNG with more transparency than colours',
    'either',
    () =>
      holding(
        header(2, 2, [8, 3, 0, 0, 0]),
        deflateSync(Buffer.alloc(6)),
        pngPart('PLTE', 'rgb'),
        pngPart('tRNS', Buffer.alloc(256)),
      ),
  ],
  [
    'a PNG filtered in an unknown way',
    'either',
    () => holding(header(2, 2), deflateSync(Buffer.alloc(14, 255))),
  ],
  [
    'a PNG packed with a dictionary',
    'image_corrupt',
    () => holding(header(2, 2), bytes([0x78, 0xbb], big(7, 8))),
  ],
  [
    'a PNG of a gamma of 0',
    'either',
    () => having(pngPart('gAMA', Buffer.alloc(4)), pngPart('cHRM', Buffer.alloc(32))),
  ],
  [
    'a PNG whose profile is noise',
    'either',
    () => having(pngPart('iCCP', bytes('x\0\0', deflateSync(Buffer.alloc(5000, 'noise'))))),
  ],
  [
    'a PNG whose profile has 2^32 tags',
    'either',
    () => having(pngPart('iCCP', bytes('x\0\0', deflateSync(colourProfile(400, 0xffff_ffff))))),
  ],
  ['a JPEG under the signature of a PNG', 'image_corrupt', () => bytes(signature, honest.jpeg)],
];

/** All of them. */
export const hostilePngs: readonly HostileRow[] = [
  ...sides,
  ...bombs,
  ...rules,
  ...cuts('png', [20, 33, 40, png.length >> 1, -20]),
  ...hostileExif.map(
    ([name, exif]): HostileRow => [
      `a PNG with EXIF of ${name}`,
      'either',
      () => having(pngPart('eXIf', exif)),
    ],
  ),
  ...hostileXmp.map(
    ([name, xmp]): HostileRow => [
      `a PNG with XMP of ${name}`,
      'decoded',
      () => having(pngPart('iTXt', bytes('XML:com.adobe.xmp\0\0\0\0\0', xmp))),
    ],
  ),
];
