import { AppError } from '@darkroom/shared/errors';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  avifHeader,
  box,
  extendedWebpHeader,
  ispe,
  join,
  jpegHeader,
  losslessWebpHeader,
  pngChunk,
  pngHeader,
  segment,
  webpChunk,
  webpHeader,
} from '../../../../test/support/picture-headers.ts';
import { maxHeaderBytes, readImageHeader } from './image-header.ts';

const zeros = (length: number) => new Uint8Array(length);
const whole = {
  jpeg: jpegHeader(640, 480),
  png: pngHeader(640, 480),
  lossyWebp: webpHeader(640, 480),
  losslessWebp: losslessWebpHeader(640, 480),
  extendedWebp: extendedWebpHeader([640, 480]),
  avif: avifHeader(640, 480),
} as const;

/** The code of a refusal, or what was read. */
function outcome(file: Uint8Array): unknown {
  try {
    return readImageHeader(file);
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

describe('reads type and sides of', () => {
  test.each([
    ['a JPEG', 'image/jpeg', whole.jpeg],
    [
      'a JPEG with metadata before its frame',
      'image/jpeg',
      jpegHeader(640, 480, segment(0xe1, zeros(65_000)), segment(0xe2, zeros(65_000))),
    ],
    [
      'a JPEG with fill bytes and stray ones',
      'image/jpeg',
      jpegHeader(640, 480, join([0xff, 0xff, 0xff]), segment(0xe0, 'JFIF'), join([1, 2, 3])),
    ],
    ['a JPEG with a stuffed byte between segments', 'image/jpeg', jpegHeader(640, 480, join([0xff, 0x00]))],
    ['a PNG', 'image/png', whole.png],
    ['a PNG with text before its pixels', 'image/png', pngHeader(640, 480, pngChunk('tEXt', zeros(100_000)))],
    ['a lossy WebP', 'image/webp', whole.lossyWebp],
    ['a lossless WebP', 'image/webp', whole.losslessWebp],
    ['an extended WebP', 'image/webp', whole.extendedWebp],
    [
      'an extended WebP with a profile',
      'image/webp',
      extendedWebpHeader([640, 480], [640, 480], { before: [webpChunk('ICCP', zeros(33))] }),
    ],
    ['an AVIF', 'image/avif', whole.avif],
    [
      'an AVIF whose brand is only a compatible one',
      'image/avif',
      avifHeader(640, 480, { brands: 'mif1\0\0\0\0mif1avif' }),
    ],
    [
      'an AVIF with a smaller part',
      'image/avif',
      avifHeader(640, 480, { properties: [ispe(64, 48), box('pixi'), ispe(640, 480)], own: [0x82, 3] }),
    ],
  ])('%s', (_, mime, file) => {
    expect(readImageHeader(file)).toEqual({ mime, width: 640, height: 480 });
  });

  test('files however turned, as they are stored', () => {
    const sideways = `Exif\0\0MM\0*\0\0\0\b\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0`;
    expect(readImageHeader(jpegHeader(3, 2, segment(0xe1, sideways)))).toMatchObject({ width: 3, height: 2 });
  });

  test('the largest picture and the smallest', () => {
    expect(outcome(pngHeader(10_000, 5_000))).toMatchObject({ width: 10_000 });
    expect(outcome(pngHeader(65_535, 762))).toMatchObject({ width: 65_535 });
    expect(outcome(losslessWebpHeader(1, 1))).toMatchObject({ width: 1, height: 1 });
  });

  test('a view into a larger buffer', () => {
    const padded = join(zeros(7), whole.png, zeros(7)).subarray(7);
    expect(readImageHeader(padded)).toMatchObject({ width: 640 });
  });
});

const hostile: Readonly<Record<string, readonly (readonly [string, Uint8Array])[]>> = {
  unsupported_media: [
    ['a GIF', join('GIF89a', zeros(20))],
    ['a little-endian TIFF', join('II*\0', zeros(20))],
    ['a big-endian TIFF', join('MM\0*', zeros(20))],
    ['a BMP', join('BM', zeros(20))],
    ['a PDF', join('%PDF-1.7\n')],
    ['a HEIC', join(box('ftyp', 'heic\0\0\0\0mif1heic'), zeros(20))],
    ['a HEIC named by a common brand', join(box('ftyp', 'mif1\0\0\0\0heic'), zeros(20))],
    ['a JPEG XL', join([0xff, 0x0a], zeros(20))],
    ['an SVG', join('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['an HTML page', join('<!doctype html><script>alert(1)</script>')],
    ['a script behind which a PNG hides', join('#!/bin/sh\n', whole.png)],
    ['a ZIP behind which a JPEG hides', join('PK\x03\x04', whole.jpeg)],
    ['a RIFF that is sound', join('RIFF\0\0\0\0WAVEfmt ', zeros(20))],
    ['zeros', zeros(100)],
    ['one byte', join([0xff])],
    ['a text', join('make it a snowy night')],
    ['an animated PNG', pngHeader(6, 4, pngChunk('acTL', join([0, 0, 0, 2, 0, 0, 0, 0])))],
    [
      'an animated PNG of 10,000 frames behind text',
      pngHeader(6, 4, pngChunk('tEXt', 'x'), pngChunk('acTL', join([0, 0, 0x27, 0x10, 0, 0, 0, 0]))),
    ],
    ['an animated WebP', extendedWebpHeader([6, 4], [6, 4], { flags: 2 })],
    [
      'an animated WebP that denies it',
      extendedWebpHeader([6, 4], [6, 4], { before: [webpChunk('ANIM', zeros(6))] }),
    ],
    [
      'frames of a WebP without their beginning',
      extendedWebpHeader([6, 4], [6, 4], { before: [webpChunk('ANMF', zeros(16))] }),
    ],
    ['an animated AVIF', avifHeader(6, 4, { brands: 'avis\0\0\0\0avifmif1' })],
    ['an animated AVIF that is also a still', avifHeader(6, 4, { brands: 'avif\0\0\0\0mif1avis' })],
  ],
  image_too_large: [
    ['a JPEG of 4 gigapixels', jpegHeader(65_535, 65_535)],
    ['a JPEG just above', jpegHeader(10_000, 5_001)],
    ['a PNG of a gigapixel', pngHeader(32_000, 32_000)],
    ['a PNG of the largest sides', pngHeader(0x7fff_ffff, 0x7fff_ffff)],
    ['a PNG too long for its pixels to be many', pngHeader(65_536, 1)],
    ['a PNG too high for its pixels to be many', pngHeader(1, 65_536)],
    ['a lossy WebP', webpHeader(16_383, 16_383)],
    ['a lossless WebP', losslessWebpHeader(16_384, 16_384)],
    ['an AVIF', avifHeader(20_000, 20_000)],
    ['an AVIF of sides beyond 2^31', avifHeader(0xffff_ffff, 0xffff_ffff)],
    ['an AVIF with a huge part', avifHeader(6, 4, { properties: [ispe(6, 4), ispe(60_000, 60_000)] })],
  ],
  image_corrupt: [
    ['an empty file', zeros(0)],
    ['a JPEG of width 0', jpegHeader(0, 4)],
    ['a JPEG whose height comes later', jpegHeader(6, 0)],
    ['a JPEG of two frames', jpegHeader(6, 4, segment(0xc0, join([8, 0x27, 0x10, 0x27, 0x10, 1])))],
    ['a JPEG without a frame', join([0xff, 0xd8], segment(0xe0, 'JFIF'), segment(0xda, 'x'))],
    ['a JPEG that ends before its pixels', jpegHeader(6, 4, join([0xff, 0xd9]))],
    ['a JPEG in a JPEG', jpegHeader(6, 4, whole.jpeg)],
    ['a JPEG segment shorter than its length', jpegHeader(6, 4, join([0xff, 0xe1, 0, 1]))],
    ['a JPEG segment of no length', jpegHeader(6, 4, join([0xff, 0xe1, 0, 0]))],
    ['a JPEG segment beyond the end', jpegHeader(6, 4, join([0xff, 0xe1, 0xff, 0xff]))],
    ['a JPEG of nothing but fill bytes', join([0xff, 0xd8], zeros(5000).fill(0xff))],
    ['a PNG under a JPEG’s mark', join([0xff, 0xd8, 0xff], whole.png)],
    ['a JPEG under a PNG’s mark', join('\x89PNG\r\n\x1a\n', whole.jpeg)],
    ['a PNG of width 0', pngHeader(0, 4)],
    ['a PNG of height 0', pngHeader(6, 0)],
    ['a PNG of negative sides', pngHeader(0xffff_ffff, 4)],
    ['a PNG of height 2^31', pngHeader(6, 0x8000_0000)],
    ['a PNG with a chunk of absurd length', pngHeader(6, 4, pngChunk('tEXt', 'x', 0x7fff_ffff))],
    ['a PNG with a chunk of negative length', pngHeader(6, 4, pngChunk('tEXt', 'x', 0xffff_fff4))],
    ['a PNG with a nameless chunk', pngHeader(6, 4, pngChunk('\0\0\0\0', 'x'))],
    ['a PNG of two headers', pngHeader(6, 4, whole.png.subarray(8, 33))],
    ['a PNG that ends before its pixels', pngHeader(6, 4, pngChunk('IEND', ''))],
    [
      'a PNG whose header comes second',
      join('\x89PNG\r\n\x1a\n', pngChunk('tEXt', 'x'), whole.png.subarray(8)),
    ],
    ['a lossy WebP of width 0', webpHeader(0, 4)],
    ['a WebP that is no key frame', whole.lossyWebp.with(20, 0x11)],
    ['a WebP without its start code', whole.lossyWebp.with(23, 0)],
    ['a lossless WebP of another version', whole.losslessWebp.with(24, 0xf0)],
    ['a WebP whose canvas is smaller than its picture', extendedWebpHeader([6, 4], [16_383, 16_383])],
    ['a WebP whose canvas is larger', extendedWebpHeader([16_000, 16_000], [6, 4])],
    [
      'a WebP of an unknown chunk',
      join('RIFF\0\0\0\0WEBP', webpChunk('JUNK', zeros(8)), whole.lossyWebp.subarray(12)),
    ],
    [
      'a WebP with a chunk of absurd length',
      extendedWebpHeader([6, 4], [6, 4], { before: [webpChunk('ICCP', zeros(2), 0xffff_fffe)] }),
    ],
    ['an AVIF of width 0', avifHeader(0, 4)],
    ['an AVIF without properties of its picture', avifHeader(6, 4, { own: [] })],
    ['an AVIF that names a property it lacks', avifHeader(6, 4, { own: [9] })],
    ['an AVIF that names property 0', avifHeader(6, 4, { own: [0] })],
    ['an AVIF of two sizes', avifHeader(6, 4, { properties: [ispe(6, 4), ispe(9, 9)], own: [1, 2] })],
    ['an AVIF of two primary items', avifHeader(6, 4, { more: [box('pitm', zeros(6))] })],
    [
      'an AVIF of two lists of properties',
      avifHeader(6, 4, { more: [box('iprp', box('ipco', ispe(9, 9)))] }),
    ],
    ['an AVIF without meta', join(box('ftyp', 'avif\0\0\0\0avif'), box('mdat', 'x'))],
    [
      'an AVIF whose pixels reach to the end before meta',
      join(box('ftyp', 'avif\0\0\0\0avif'), [0, 0, 0, 0], 'mdat', whole.avif),
    ],
    [
      'an AVIF of a box shorter than its own frame',
      join(box('ftyp', 'avif\0\0\0\0avif'), [0, 0, 0, 7], 'meta', zeros(50)),
    ],
    [
      'an AVIF of a box of 2^64 bytes',
      join(box('ftyp', 'avif\0\0\0\0avif'), [0, 0, 0, 1], 'free', zeros(8).fill(0xff), zeros(50)),
    ],
    [
      'an AVIF whose part reaches beyond it',
      avifHeader(6, 4, { properties: [join([0x7f, 0xff, 0xff, 0xff], 'ispe', zeros(12))] }),
    ],
    ['an AVIF that announces 2^32 associations', avifHeader(6, 4, { items: 0xffff_ffff })],
    ['an AVIF of a huge meta', join(box('ftyp', 'avif\0\0\0\0avif'), box('meta', zeros(1_100_000)))],
    [
      'sides that come too late',
      jpegHeader(6, 4, ...Array.from({ length: 129 }, () => segment(0xe2, zeros(65_533)))),
    ],
  ],
};

describe.each(Object.entries(hostile))('refuses as %s', (code, files) => {
  test.each(files)('%s', (_, file) => {
    expect(outcome(file)).toBe(code);
  });
});

describe.each(Object.entries(whole))('a %s', (_, file) => {
  test('cut off anywhere before its pixels is refused', () => {
    const pixels = outcome(file);
    for (let length = 0; length < file.length; length++) {
      const cut = outcome(file.subarray(0, length));
      // Once all that counts was read, what is missing is pixels.
      if (typeof cut !== 'string') expect(cut).toEqual(pixels);
      else expect(['image_corrupt', 'unsupported_media']).toContain(cut);
    }
    expect(outcome(file.subarray(0, 24))).toBeTypeOf('string');
  });
});

test('says of what is refused what was expected', () => {
  expect(() => readImageHeader(join('GIF89a'))).toThrow(
    'image: expected a still JPEG, PNG, WebP or AVIF, got a GIF',
  );
  expect(() => readImageHeader(jpegHeader(10_000, 9_000))).toThrow(
    /^image: expected at most 50 megapixels.*10000×9000$/,
  );
});

test.each([
  ['JPEG', jpegHeader, 50],
  ['PNG', pngHeader, 50],
  ['WebP', webpHeader, 40],
  ['AVIF', avifHeader, 18],
] as const)('a %s may have as many pixels as are decoded of its type', (_type, header, megapixels) => {
  expect(outcome(header(8000, megapixels * 125))).toMatchObject({ height: megapixels * 125 });
  expect(outcome(header(8000, megapixels * 125 + 1))).toBe('image_too_large');
});

test('reads or refuses 5,000 mutations', () => {
  const file = fc.constantFrom(...Object.values(whole));
  const change = fc.record({
    at: fc.nat(400),
    bytes: fc.uint8Array({ maxLength: 6 }),
    isInserted: fc.boolean(),
  });
  fc.assert(
    fc.property(file, fc.array(change, { minLength: 1, maxLength: 4 }), (original, changes) => {
      const mutant = changes.reduce<Uint8Array>(
        (bytes, { at, bytes: more, isInserted }) =>
          join(bytes.subarray(0, at), more, bytes.subarray(isInserted ? at : at + more.length)),
        original,
      );
      const found = outcome(mutant);
      if (typeof found === 'string')
        expect(found).toMatch(/^(unsupported_media|image_corrupt|image_too_large)$/);
      else expect((found as { width: number; height: number }).width).toBeGreaterThan(0);
    }),
    { numRuns: 5000, seed: 1 },
  );
});

test('comes to an end on 8 MiB of the smallest parts', () => {
  const many = (part: Uint8Array, head: Uint8Array) => {
    const bytes = zeros(maxHeaderBytes);
    bytes.set(head);
    for (let at = head.length; at + part.length <= bytes.length; at += part.length) bytes.set(part, at);
    return bytes;
  };
  const files = [
    many(join([0xff, 0xd0]), whole.jpeg.subarray(0, 2)),
    many(join([1]), whole.jpeg.subarray(0, 3)),
    many(pngChunk('tEXt', ''), whole.png.subarray(0, 33)),
    many(webpChunk('ICCP', zeros(0)), whole.extendedWebp.subarray(0, 30)),
    many(box('free'), box('ftyp', 'avif\0\0\0\0avif')),
  ];
  for (const file of files) expect(outcome(file)).toBe('image_corrupt');
});
