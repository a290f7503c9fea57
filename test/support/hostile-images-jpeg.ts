/** JPEGs made to do harm (ITU-T T.81). */
import {
  big,
  bytes,
  colourProfile,
  cuts,
  type HostileRow,
  honest,
  hostileExif,
  hostileXmp,
  jpegPart,
  patched,
  repeated,
} from './hostile-images-parts.ts';

const { jpeg } = honest;
const mark = (code: number) => jpeg.indexOf(Buffer.from([0xff, code]));
const [tables, frame, codes, scan] = [mark(0xdb), mark(0xc0), mark(0xc4), mark(0xda)];
/** Marker, length, precision, height, width, count, then three bytes for each component. */
const [precisionAt, heightAt, countAt, componentsAt] = [frame + 4, frame + 5, frame + 9, frame + 10];
const scanHeader = 14;
const end = [0xff, 0xd9];

/** The honest JPEG with more after its beginning. */
const having = (...parts: readonly Uint8Array[]) => bytes(jpeg.subarray(0, 2), ...parts, jpeg.subarray(2));
const declaring = (width: number, height: number) => patched(jpeg, heightAt, big(height, 2), big(width, 2));
const profilePart = (number: number, count: number, content: Uint8Array) =>
  jpegPart(0xe2, 'ICC_PROFILE\0', [number, count], content);

const sampling = (components: number, factors: number) =>
  Array.from({ length: components }, (_, i) => [i + 1, factors, 0]).flat();

/** Tables of one code each: a difference of 0, and the end of a block. */
const shortCodes = bytes(
  jpegPart(0xdb, [0], Buffer.alloc(64, 1)),
  jpegPart(0xc4, [0x00, 1], Buffer.alloc(15), [0]),
  jpegPart(0xc4, [0x10, 1], Buffer.alloc(15), [0]),
);

/** A progressive JPEG whose scans, of which each needs a byte, all go over all of its pixels. */
function progressive(width: number, height: number, scans: number, factors = 0x11): Buffer {
  const head = jpegPart(0xc2, [8], big(height, 2), big(width, 2), [3], sampling(3, factors));
  const first = jpegPart(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 0, 0]);
  const refining = bytes(jpegPart(0xda, [1, 1, 0, 1, 5, 0]), [0]);
  return bytes([0xff, 0xd8], shortCodes, head, first, [0], repeated(scans - 1, refining), end);
}

const sides: readonly HostileRow[] = [
  ['a JPEG declaring 4 gigapixels', 'image_too_large', () => declaring(65_500, 65_500)],
  ['a JPEG declaring the largest sides', 'refused', () => declaring(65_535, 65_535)],
  ['a JPEG of width 0', 'image_corrupt', () => declaring(0, 48)],
  ['a JPEG whose height comes later', 'image_corrupt', () => declaring(64, 0)],
  ['a JPEG of 49 megapixels that ends early but properly', 'decoded', () => declaring(7000, 7000)],
  ['a JPEG of 49 megapixels of one byte', 'either', () => progressive(7000, 7000, 1)],
  ['a JPEG of 1,000 scans over 1 megapixel', 'either', () => progressive(1000, 1000, 1000)],
  ['a JPEG of 20,000 scans', 'either', () => progressive(64, 48, 20_000)],
  ['a JPEG of 2,000 scans over 25 megapixels', 'either', () => progressive(5000, 5000, 2000)],
];

const frames: readonly HostileRow[] = [
  ...[0xc1, 0xc2, 0xc3, 0xc5, 0xc9, 0xca, 0xcb, 0xcf].map(
    (code): HostileRow => [
      `a JPEG whose frame calls itself ${code.toString(16)} and is not`,
      code === 0xc1 ? 'decoded' : 'either',
      () => patched(jpeg, frame + 1, [code]),
    ],
  ),
  ...[0, 1, 12, 255].map(
    (precision): HostileRow => [
      `a JPEG of ${precision} bits`,
      'image_corrupt',
      () => patched(jpeg, precisionAt, [precision]),
    ],
  ),
  ['a JPEG of no components', 'image_corrupt', () => patched(jpeg, countAt, [0])],
  ['a JPEG of 255 components', 'image_corrupt', () => patched(jpeg, countAt, [255])],
  ['a JPEG of two components', 'image_corrupt', () => patched(jpeg, countAt, [2])],
  ['a JPEG whose components bear one name', 'either', () => patched(jpeg, componentsAt + 3, [1])],
  ['a JPEG sampled 0 times', 'image_corrupt', () => patched(jpeg, componentsAt + 1, [0])],
  ['a JPEG sampled 15 times', 'image_corrupt', () => patched(jpeg, componentsAt + 1, [0xff])],
  [
    'a JPEG sampled in odd ratios',
    'either',
    () => patched(jpeg, componentsAt, [1, 0x31, 0, 2, 0x13, 0, 3, 0x22]),
  ],
  [
    'a JPEG of four inks, marked as three colours',
    'either',
    () =>
      bytes(
        [0xff, 0xd8],
        jpegPart(0xee, 'Adobe', big(100, 2), big(0, 4), [2]),
        shortCodes,
        jpegPart(0xc0, [8], big(48, 2), big(64, 2), [4], sampling(4, 0x11)),
        jpegPart(0xda, [4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]),
        Buffer.alloc(400),
        end,
      ),
  ],
  ['a JPEG of two frames', 'image_corrupt', () => patched(having(jpeg.subarray(frame, codes)), 0)],
  ['a JPEG without a frame', 'image_corrupt', () => bytes(jpeg.subarray(0, frame), jpeg.subarray(scan))],
  ['a JPEG without a scan', 'image_corrupt', () => bytes(jpeg.subarray(0, scan), end)],
  ['a JPEG in a JPEG', 'image_corrupt', () => having(jpeg)],
];

const tablesAndScans: readonly HostileRow[] = [
  [
    'a JPEG without quantization',
    'image_corrupt',
    () => bytes(jpeg.subarray(0, tables), jpeg.subarray(frame)),
  ],
  ['a JPEG of quantization table 15', 'image_corrupt', () => patched(jpeg, tables + 4, [0x0f])],
  ['a JPEG quantized by zeros', 'either', () => patched(jpeg, tables + 5, Buffer.alloc(64))],
  [
    'a JPEG with half a table of 16 bits',
    'image_corrupt',
    () => having(jpegPart(0xdb, [0x10], Buffer.alloc(60))),
  ],
  ['a JPEG without codes', 'either', () => bytes(jpeg.subarray(0, codes), jpeg.subarray(scan))],
  [
    'a JPEG of more codes than there are',
    'image_corrupt',
    () => patched(jpeg, codes + 5, Buffer.alloc(16, 255)),
  ],
  ['a JPEG of codes of class 9', 'image_corrupt', () => patched(jpeg, codes + 4, [0x95])],
  ['a JPEG of codes that cannot be', 'either', () => patched(jpeg, codes + 5, [9])],
  ['a JPEG that restarts at every block, but does not', 'either', () => having(jpegPart(0xdd, big(1, 2)))],
  ['a JPEG of restarts of no length', 'image_corrupt', () => having(jpegPart(0xdd, [1]))],
  [
    'a JPEG of a mebibyte of restarts',
    'either',
    () => bytes(jpeg.subarray(0, scan + scanHeader), repeated(2 ** 19, Buffer.from([0xff, 0xd0])), end),
  ],
  [
    'a JPEG of 4 mebibytes of nothing between its parts',
    'either',
    () => bytes(jpeg.subarray(0, 2), Buffer.alloc(2 ** 22, 0xff), jpeg.subarray(3)),
  ],
  ['a JPEG whose scan names a strange component', 'image_corrupt', () => patched(jpeg, scan + 5, [77])],
  ['a JPEG whose scan has no components', 'image_corrupt', () => patched(jpeg, scan + 4, [0])],
  ['a JPEG whose scan runs backwards', 'either', () => patched(jpeg, scan + 11, [63, 0, 0xff])],
  ['a JPEG of a segment of no length', 'either', () => having(bytes([0xff, 0xe1, 0, 0]))],
  ['a JPEG of a segment beyond its end', 'image_corrupt', () => having(bytes([0xff, 0xe1, 0xff, 0xff]))],
  ['a JPEG of its mark alone', 'image_corrupt', () => jpeg.subarray(0, 3)],
  ['a PNG under the mark of a JPEG', 'image_corrupt', () => bytes(jpeg.subarray(0, 3), honest.png)],
];

const metadata: readonly HostileRow[] = [
  [
    'a JPEG with 8 MiB of comments',
    'decoded',
    () => having(repeated(128, jpegPart(0xfe, Buffer.alloc(65_000)))),
  ],
  [
    'a JPEG with a profile in 255 parts of which one came',
    'either',
    () => having(profilePart(1, 255, colourProfile(400, 1))),
  ],
  ['a JPEG with part 0 of 0 of a profile', 'either', () => having(profilePart(0, 0, colourProfile(400, 1)))],
  [
    'a JPEG with a profile of 16 MiB',
    'either',
    () => having(...Array.from({ length: 255 }, (_, i) => profilePart(i + 1, 255, Buffer.alloc(65_000)))),
  ],
  [
    'a JPEG with a profile of 2^32 tags',
    'either',
    () => having(profilePart(1, 1, colourProfile(400, 0xffff_ffff))),
  ],
  [
    'a JPEG with a profile as long as memory',
    'either',
    () => having(profilePart(1, 1, patched(colourProfile(400, 1), 0, big(0xffff_fff0, 4)))),
  ],
  [
    'a JPEG that promises a second picture of 4 GiB',
    'either',
    () =>
      having(
        jpegPart(
          0xe1,
          'http://ns.adobe.com/xap/1.0/\0',
          '<x xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"/>',
        ),
        jpegPart(
          0xe2,
          'MPF\0MM\0*',
          big(8, 4),
          big(1, 2),
          big(0xb002, 2),
          big(7, 2),
          big(0xffff_ffff, 4),
          big(0, 8),
        ),
      ),
  ],
  ...hostileExif.map(
    ([name, exif]): HostileRow => [
      `a JPEG with EXIF of ${name}`,
      'decoded',
      () => having(jpegPart(0xe1, 'Exif\0\0', exif)),
    ],
  ),
  ...hostileXmp.map(
    ([name, xmp]): HostileRow => [
      `a JPEG with XMP of ${name}`,
      'decoded',
      () => having(jpegPart(0xe1, 'http://ns.adobe.com/xap/1.0/\0', xmp.slice(0, 65_000))),
    ],
  ),
];

/** All of them. */
export const hostileJpegs: readonly HostileRow[] = [
  ...sides,
  ...frames,
  ...tablesAndScans,
  ...metadata,
  ...cuts('jpeg', [10, frame + 6, codes + 8, scan + 4, (scan + jpeg.length) >> 1]),
];
