/** AVIFs made to do harm (ISO/IEC 14496-12, ISO/IEC 23008-12, AV1 bitstream). */
import {
  type Container,
  coded,
  codedAs,
  config,
  container,
  depths,
  fullBox,
  type Item,
  sides,
  still,
  transparency,
} from './hostile-images-avif-parts.ts';
import {
  big,
  boxOf,
  bytes,
  colourProfile,
  cuts,
  type HostileRow,
  honest,
  hostileExif,
  patched,
} from './hostile-images-parts.ts';

const { avif } = honest;

const one = (item: Partial<Item>, lies?: Container) =>
  container([{ content: coded, properties: still, ...item }], lies);
const grid = (rows: number, columns: number, w: number, h: number) =>
  bytes([0, 1, rows - 1, columns - 1], big(w, 4), big(h, 4));
const sizedGrid = (rows: number, columns: number, w: number, h: number): Item => ({
  type: 'grid',
  content: grid(rows, columns, w, h),
  properties: [sides(w, h), depths],
});
const tile: Item = { content: coded, properties: still };
const withProperty = (...parts: readonly Uint8Array[]) => one({ properties: [...still, ...parts] });
const repeated = <T>(count: number, part: T) => Array.from({ length: count }, () => part);
const fraction = (top: number, bottom: number) => [...big(top, 4), ...big(bottom, 4)];

const lyingSides: readonly HostileRow[] = [
  ['an AVIF of one item, as it should be', 'decoded', () => one({})],
  [
    'an AVIF declaring 3.6 gigapixels',
    'image_too_large',
    () => one({ properties: [config, sides(60_000, 60_000), depths] }),
  ],
  [
    'an AVIF declaring 2^64 pixels',
    'refused',
    () => one({ properties: [config, sides(0xffff_ffff, 0xffff_ffff), depths] }),
  ],
  [
    'an AVIF declaring 21 megapixels',
    'image_too_large',
    () => one({ properties: [config, sides(7000, 3000), depths] }),
  ],
  [
    'an AVIF declaring 18 megapixels',
    'either',
    () => one({ properties: [config, sides(6000, 3000), depths] }),
  ],
  ['an AVIF declaring one pixel', 'either', () => one({ properties: [config, sides(1, 1), depths] })],
  ['an AVIF of width 0', 'refused', () => one({ properties: [config, sides(0, 9), depths] })],
  ['an AVIF of no declared sides', 'refused', () => one({ properties: [config, depths] })],
  ...[3000, 7000, 16_000, 30_000, 65_536].map(
    (side): HostileRow => [
      `a small AVIF whose coded picture is ${side} × ${side}`,
      'refused',
      () => one({ content: codedAs(side, side) }),
    ],
  ),
  [
    'an AVIF of 18 megapixels, coded too',
    'either',
    () => one({ content: codedAs(6000, 3000), properties: [config, sides(6000, 3000), depths] }),
  ],
];

const grids: readonly HostileRow[] = [
  [
    'an AVIF of 2 × 2 tiles that are one',
    'either',
    () => container([sizedGrid(2, 2, 42, 18), tile], { references: [['dimg', 1, [2, 2, 2, 2]]] }),
  ],
  [
    'an AVIF of 256 × 256 tiles that are one',
    'refused',
    () =>
      container([sizedGrid(256, 256, 4000, 2000), tile], { references: [['dimg', 1, repeated(65_535, 2)]] }),
  ],
  [
    'an AVIF of tiles that do not come',
    'refused',
    () => container([sizedGrid(2, 2, 42, 18), tile], { references: [['dimg', 1, [7, 8, 9, 10]]] }),
  ],
  [
    'an AVIF that is a tile of itself',
    'refused',
    () => container([sizedGrid(1, 1, 21, 9)], { references: [['dimg', 1, [1]]] }),
  ],
  [
    'an AVIF of two that are tiles of each other',
    'refused',
    () =>
      container([sizedGrid(1, 1, 21, 9), sizedGrid(1, 1, 21, 9)], {
        references: [
          ['dimg', 1, [2]],
          ['dimg', 2, [1]],
        ],
      }),
  ],
  [
    'an AVIF of 30 grids within one another',
    'refused',
    () =>
      container([...repeated(30, sizedGrid(2, 2, 42, 18)), tile], {
        references: Array.from({ length: 30 }, (_, i) => ['dimg', i + 1, repeated(4, i + 2)] as const),
      }),
  ],
  [
    'an AVIF whose grid is larger than it says',
    'refused',
    () =>
      container([{ ...sizedGrid(2, 2, 42, 18), content: grid(2, 2, 60_000, 60_000) }, tile], {
        references: [['dimg', 1, [2, 2, 2, 2]]],
      }),
  ],
  [
    'an AVIF laid on a ground of 2^62 pixels',
    'refused',
    () =>
      container(
        [
          {
            type: 'iovl',
            content: bytes([0, 1], Buffer.alloc(8), big(0x7fff_ffff, 4), big(0x7fff_ffff, 4), big(0, 8)),
            properties: [sides(21, 9), depths],
          },
          tile,
        ],
        { references: [['dimg', 1, [2]]] },
      ),
  ],
  [
    'an AVIF that is itself, turned',
    'refused',
    () =>
      container([{ type: 'iden', content: Buffer.alloc(0), properties: [sides(21, 9), depths] }], {
        references: [['dimg', 1, [1]]],
      }),
  ],
];

const places: readonly HostileRow[] = [
  ['an AVIF whose picture is beyond the end', 'refused', () => one({ extents: [[0xffff_0000, 30]] })],
  ['an AVIF whose picture is 4 GiB long', 'refused', () => one({ extents: [[0, 0xffff_ffff]] })],
  [
    'an AVIF of 5,000 pieces that are the whole file',
    'refused',
    () => one({ extents: repeated(5000, [0, 40_000] as const) }),
  ],
  [
    'an AVIF of 65,535 pieces of nothing',
    'refused',
    () => one({ extents: repeated(65_535, [400, 0] as const) }),
  ],
  ['an AVIF of no pieces', 'refused', () => one({ extents: [] })],
  ['an AVIF whose picture is its own header', 'refused', () => one({ extents: [[0, 200]] })],
  ['an AVIF of noise', 'refused', () => one({ content: Buffer.alloc(2000, 0xa5) })],
  [
    'an AVIF of 10,000 delimiters',
    'refused',
    () => one({ content: bytes(...repeated(10_000, [0x12, 0x00])) }),
  ],
  ['an AVIF of 100 pictures', 'either', () => container(repeated(100, tile))],
  [
    'an AVIF of 20,000 pictures',
    'either',
    () => container(repeated(20_000, { content: Buffer.alloc(0) }), { primary: 1 }),
  ],
  ['an AVIF whose picture is missing', 'refused', () => one({}, { primary: 99 })],
  ['an AVIF of an unknown kind', 'refused', () => one({ type: 'zzzz' })],
  ['an AVIF whose transparency is itself', 'either', () => one({}, { references: [['auxl', 1, [1]]] })],
  [
    'an AVIF whose transparency is huge',
    'either',
    () => {
      const alpha = boxOf('auxC', [0, 0, 0, 0], 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0');
      const cover = {
        content: transparency,
        properties: [boxOf('av1C', [0x81, 0, 0x1c, 0]), sides(60_000, 60_000), alpha],
      };
      return container([tile, cover], { references: [['auxl', 2, [1]]] });
    },
  ],
  ['an AVIF whose thumbnail is itself', 'either', () => one({}, { references: [['thmb', 1, [1]]] })],
];

const boxes: readonly HostileRow[] = [
  ['an animated AVIF', 'unsupported_media', () => one({}, { brands: 'avis\0\0\0\0avifmif1' })],
  ['a HEIC that is also an AVIF', 'either', () => one({}, { brands: 'heic\0\0\0\0avifmif1' })],
  [
    'an AVIF configured for a profile that is none',
    'either',
    () => one({ properties: [boxOf('av1C', [0x81, 0xff, 0xff, 0xff]), sides(21, 9)] }),
  ],
  ['an AVIF without a configuration', 'either', () => one({ properties: [sides(21, 9), depths] })],
  [
    'an AVIF of 255 channels',
    'either',
    () => one({ properties: [config, sides(21, 9), fullBox('pixi', [255], Buffer.alloc(255, 16))] }),
  ],
  ['an AVIF turned 250 times', 'either', () => withProperty(...repeated(250, boxOf('irot', [1])))],
  [
    'an AVIF cropped by nothing',
    'refused',
    () => withProperty(boxOf('clap', fraction(1, 0), fraction(1, 0), fraction(0, 0), fraction(0, 0))),
  ],
  [
    'an AVIF cropped to more than there is',
    'either',
    () =>
      withProperty(boxOf('clap', fraction(60_000, 1), fraction(60_000, 1), fraction(0, 1), fraction(0, 1))),
  ],
  [
    'an AVIF cropped from far away',
    'either',
    () =>
      withProperty(
        boxOf('clap', fraction(4, 1), fraction(4, 1), fraction(0x8000_0000, 1), fraction(0x7fff_ffff, 1)),
      ),
  ],
  [
    'an AVIF of a profile of 2^32 tags',
    'either',
    () => withProperty(boxOf('colr', 'prof', colourProfile(400, 0xffff_ffff))),
  ],
  [
    'an AVIF of unknown colours',
    'either',
    () => withProperty(boxOf('colr', 'nclx', big(255, 2), big(255, 2), big(255, 2), [0x80])),
  ],
  ['an AVIF of two metas', 'either', () => bytes(one({}), one({}))],
  [
    'an AVIF of a thousand boxes within one another',
    'either',
    () =>
      one({}, { more: [repeated(1000, 0).reduce<Buffer>((inner) => boxOf('iprp', inner), Buffer.alloc(0))] }),
  ],
  [
    'an AVIF of a box of 2^64 bytes',
    'image_corrupt',
    () => bytes(avif.subarray(0, 28), big(1, 4), 'meta', Buffer.alloc(8, 255), avif.subarray(36)),
  ],
  ['an AVIF of a box shorter than its head', 'image_corrupt', () => patched(avif, 28, big(7, 4))],
  ['an AVIF of a box that reaches to the end', 'either', () => patched(avif, 28, big(0, 4))],
  ['an AVIF of nothing but its brand', 'image_corrupt', () => avif.subarray(0, 28)],
  [
    'an AVIF that counts 65,535 items and has one',
    'image_corrupt',
    () => patched(avif, avif.indexOf('iinf') + 8, big(65_535, 2)),
  ],
];

/** All of them. */
export const hostileAvifs: readonly HostileRow[] = [
  ...lyingSides,
  ...grids,
  ...places,
  ...boxes,
  ...cuts('avif', [16, 40, 200, 0x198, -10]),
  ...hostileExif.map(
    ([name, exif]): HostileRow => [
      `an AVIF with EXIF of ${name}`,
      'decoded',
      () =>
        container([tile, { type: 'Exif', content: bytes(big(0, 4), exif) }], {
          references: [['cdsc', 2, [1]]],
        }),
    ],
  ),
  [
    'an AVIF with EXIF that begins 4 GiB on',
    'either',
    () =>
      container([tile, { type: 'Exif', content: Buffer.alloc(40, 255) }], { references: [['cdsc', 2, [1]]] }),
  ],
];
