/** WebPs made to do harm (RFC 9649, RFC 6386). */
import {
  bits,
  bytes,
  colourProfile,
  cuts,
  type HostileRow,
  honest,
  hostileExif,
  hostileXmp,
  little,
  patched,
  repeated,
  riffPart,
} from './hostile-images-parts.ts';

const { webp } = honest;
/** The picture of the honest file, with its chunk's head. */
const picture = webp.subarray(12);
const pictureData = webp.subarray(20);

const riff = (...chunks: readonly Uint8Array[]) => riffPart('RIFF', bytes('WEBP', ...chunks));
const canvas = (width: number, height: number, flags = 0) =>
  riffPart('VP8X', bytes([flags, 0, 0, 0], little(width - 1, 3), little(height - 1, 3)));
const [animated, withXmp, withExif, withAlpha, withProfile] = [0x02, 0x04, 0x08, 0x10, 0x20];

/** The lossy picture that declares other sides. */
const lossy = (width: number, height: number) =>
  riffPart('VP8 ', patched(pictureData, 6, little(width, 2), little(height, 2)));

/** A lossless picture of one colour: none of its pixels takes a bit. */
const plain = (width: number, height: number, version = 0) =>
  riffPart(
    'VP8L',
    bits(
      [[0x2f, 8], [width - 1, 14], [height - 1, 14], [0, 1], [version, 3], [0, 3], ...oneColour],
      'little',
    ),
  );
/** Five codes of one symbol each: simple, one symbol, of 8 bits, its value. */
const oneColour = [128, 64, 32, 255, 0].flatMap((value): (readonly [number, number])[] => [
  [1, 1],
  [0, 1],
  [1, 1],
  [value, 8],
]);

const lossless = (...fields: readonly (readonly [number, number])[]) =>
  riff(riffPart('VP8L', bits([[0x2f, 8], [63, 14], [47, 14], [0, 4], ...fields, [0, 600]], 'little')));
const frameOf = (part: Uint8Array) => riffPart('ANMF', bytes(Buffer.alloc(16), part));

const sides: readonly HostileRow[] = [
  ['a lossy WebP of the largest sides', 'image_too_large', () => riff(lossy(16_383, 16_383))],
  ['a lossless WebP of the largest sides', 'refused', () => riff(plain(16_384, 16_384))],
  ['a WebP of 40 megapixels in 20 bytes', 'decoded', () => riff(plain(8000, 5000))],
  ['a WebP of 49 megapixels in 20 bytes', 'image_too_large', () => riff(plain(7000, 7000))],
  ['a WebP of 36 megapixels of which few came', 'image_corrupt', () => riff(lossy(6000, 6000))],
  ['a WebP of width 0', 'image_corrupt', () => riff(lossy(0, 48))],
  ['a WebP of the largest canvas', 'refused', () => riff(canvas(16_384, 16_384), picture)],
  ['a WebP of a canvas of 2^48 pixels', 'refused', () => riff(canvas(2 ** 24, 2 ** 24), picture)],
  ['a WebP whose canvas is larger than its picture', 'either', () => riff(canvas(6000, 6000), picture)],
  ['a WebP whose canvas is smaller than its picture', 'either', () => riff(canvas(6, 4), picture)],
  [
    'a WebP whose canvas is small and whose picture is huge',
    'refused',
    () => riff(canvas(6, 4), plain(16_384, 16_384)),
  ],
];

const containers: readonly HostileRow[] = [
  [
    'an animated WebP',
    'unsupported_media',
    () => riff(canvas(64, 48, animated), riffPart('ANIM', Buffer.alloc(6)), frameOf(picture)),
  ],
  [
    'a WebP of 20,000 frames that denies them',
    'either',
    () => riff(canvas(64, 48), riffPart('ANIM', Buffer.alloc(6)), repeated(20_000, frameOf(plain(64, 48)))),
  ],
  ['a WebP of frames without a beginning', 'refused', () => riff(frameOf(picture), frameOf(picture))],
  ['a WebP whose length is 0', 'either', () => patched(webp, 4, little(0, 4))],
  ['a WebP whose length is 2^32', 'either', () => patched(webp, 4, little(0xffff_ffff, 4))],
  ['a WebP whose length is half of it', 'image_corrupt', () => patched(webp, 4, little(webp.length >> 1, 4))],
  [
    'a WebP whose picture is 2^32 bytes long',
    'image_corrupt',
    () => patched(webp, 16, little(0xffff_fffe, 4)),
  ],
  ['a WebP whose picture has no length', 'image_corrupt', () => patched(webp, 16, little(0, 4))],
  [
    'a WebP of 100,000 unknown chunks',
    'either',
    () => riff(canvas(64, 48), repeated(100_000, riffPart('JUNK', Buffer.alloc(0))), picture),
  ],
  ['a WebP of an unknown chunk', 'either', () => riff(riffPart('JUNK', Buffer.alloc(8)), picture)],
  ['a WebP without a picture', 'image_corrupt', () => riff(canvas(64, 48))],
  ['a WebP of two pictures', 'either', () => riff(canvas(64, 48), picture, plain(6000, 6000))],
  ['a WebP in a WebP', 'image_corrupt', () => riff(webp)],
  ['a WebP of two canvases', 'either', () => riff(canvas(64, 48), canvas(6000, 6000), picture)],
  ['a WebP of its name alone', 'image_corrupt', () => webp.subarray(0, 12)],
  [
    'a WebP whose profile is 4 GiB long',
    'refused',
    () => riff(canvas(64, 48, withProfile), riffPart('ICCP', Buffer.alloc(2), 0xffff_fffe), picture),
  ],
  [
    'a WebP whose profile has 2^32 tags',
    'either',
    () => riff(canvas(64, 48, withProfile), riffPart('ICCP', colourProfile(400, 0xffff_ffff)), picture),
  ],
  [
    'a WebP whose transparency is packed in an unknown way',
    'either',
    () => riff(canvas(64, 48, withAlpha), riffPart('ALPH', Buffer.from([0xff, 1, 2])), picture),
  ],
  [
    'a WebP whose transparency ends early',
    'either',
    () => riff(canvas(64, 48, withAlpha), riffPart('ALPH', Buffer.from([0x01, 0])), picture),
  ],
];

const streams: readonly HostileRow[] = [
  ['a WebP that is no key frame', 'image_corrupt', () => patched(webp, 20, [0x11])],
  ['a WebP without its start code', 'image_corrupt', () => patched(webp, 23, [0])],
  [
    'a WebP whose first partition is as long as can be',
    'image_corrupt',
    () => patched(webp, 20, [0xf0, 0xff, 0xff]),
  ],
  ['a WebP of noise', 'either', () => patched(webp, 30, Buffer.alloc(webp.length - 30, 0xa5))],
  ['a lossless WebP of version 7', 'image_corrupt', () => riff(plain(64, 48, 7))],
  ['a lossless WebP of zeros', 'either', () => lossless()],
  [
    'a lossless WebP that is turned into itself four times',
    'either',
    () => lossless([1, 1], [2, 2], [1, 1], [2, 2], [1, 1], [0, 2]),
  ],
  ['a lossless WebP of a cache of 15 bits', 'image_corrupt', () => lossless([0, 1], [1, 1], [15, 4])],
  [
    'a lossless WebP of 65,536 groups of codes',
    'either',
    () => lossless([0, 2], [1, 1], [0, 3], ...oneColour),
  ],
  [
    'a lossless WebP of a colour table of 256',
    'either',
    () => lossless([1, 1], [3, 2], [255, 8], ...oneColour),
  ],
];

/** All of them. */
export const hostileWebps: readonly HostileRow[] = [
  ...sides,
  ...containers,
  ...streams,
  ...cuts('webp', [14, 24, 29, webp.length >> 1, -10]),
  ...hostileExif.map(
    ([name, exif]): HostileRow => [
      `a WebP with EXIF of ${name}`,
      'decoded',
      () => riff(canvas(64, 48, withExif), picture, riffPart('EXIF', exif)),
    ],
  ),
  ...hostileXmp.map(
    ([name, xmp]): HostileRow => [
      `a WebP with XMP of ${name}`,
      'decoded',
      () => riff(canvas(64, 48, withXmp), picture, riffPart('XMP ', Buffer.from(xmp))),
    ],
  ),
];
