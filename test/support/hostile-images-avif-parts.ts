/** What AVIFs are made of: a coded picture, and containers that tell what they like about it. */
import { big, bits, boxOf, bytes, honest } from './hostile-images-parts.ts';

const { avif } = honest;
const [width, height] = [21, 9];
/** The coded picture: a delimiter, the sequence's header, a frame. */
export const coded: Buffer = avif.subarray(0x194, 0x1b2);
/** The coded transparency. */
export const transparency: Buffer = avif.subarray(0x1b2, 0x1c4);
const [sequenceAt, frameAt] = [4, 12];
/** Where the sides end in the sequence's header, in bits. */
const afterSides = 27;

/** The coded picture whose header declares other sides than its container (AV1, 5.5.1). */
export function codedAs(codedWidth: number, codedHeight: number): Buffer {
  const header = coded.subarray(sequenceAt, frameAt);
  const rest = Array.from({ length: 64 - afterSides }, (_, i): readonly [number, number] => {
    const at = afterSides + i;
    return [((header[at >> 3] as number) >> (7 - (at & 7))) & 1, 1];
  });
  const fields = [
    [15, 4],
    [15, 4],
    [codedWidth - 1, 16],
    [codedHeight - 1, 16],
  ] as const;
  const payload = bits([[0b0011_1000_00, 10], ...fields, ...rest]);
  return bytes([0x12, 0x00, 0x0a, payload.length], payload, coded.subarray(frameAt));
}

/** What a container holds. */
export interface Item {
  readonly type?: string;
  readonly content: Uint8Array;
  readonly properties?: readonly Uint8Array[];
  /** Places and lengths that the container tells instead of the true one. */
  readonly extents?: readonly (readonly [number, number])[];
}

/** What else it tells. */
export interface Container {
  readonly primary?: number;
  readonly brands?: string;
  /** Kind, from, to. */
  readonly references?: readonly (readonly [string, number, readonly number[]])[];
  /** Boxes beside those of the items. */
  readonly more?: readonly Uint8Array[];
}

/** A box with a version and flags. */
export function fullBox(
  type: string,
  ...parts: readonly (Uint8Array | readonly number[] | string)[]
): Buffer {
  return boxOf(type, [0, 0, 0, 0], ...parts);
}

/** The property of a picture's sides. */
export function sides(w: number, h: number): Buffer {
  return fullBox('ispe', big(w, 4), big(h, 4));
}

/** Properties that the coded picture needs. */
export const config: Buffer = boxOf('av1C', [0x81, 0x20, 0x02, 0x00]);
export const depths: Buffer = fullBox('pixi', [3, 8, 8, 8]);
export const still: readonly Buffer[] = [config, sides(width, height), depths];

/** A container of items, numbered from 1. */
export function container(items: readonly Item[], lies: Container = {}): Buffer {
  const head = boxOf('ftyp', lies.brands ?? 'avif\0\0\0\0avifmif1miaf');
  const size = head.length + meta(items, lies, 0).length + 8;
  return bytes(head, meta(items, lies, size), boxOf('mdat', ...items.map(({ content }) => content)));
}

function meta(
  items: readonly Item[],
  { primary = 1, references = [], more = [] }: Container,
  start: number,
): Buffer {
  let at = start;
  const places = items.map(({ content, extents = [[at, content.length]] }, i) => {
    at += content.length;
    const rows = extents.map(([place, length]) => bytes(big(place, 4), big(length, 4)));
    return bytes(big(i + 1, 2), [0, 0], big(extents.length, 2), ...rows);
  });
  const infos = items.map(({ type = 'av01' }, i) =>
    boxOf('infe', [2, 0, 0, 0], big(i + 1, 2), [0, 0], type, [0]),
  );
  let property = 0;
  const own = items.map(({ properties = [] }, i) =>
    bytes(big(i + 1, 2), [properties.length], ...properties.map(() => big(++property, 2))),
  );
  const all = items.flatMap(({ properties = [] }) => properties);
  return fullBox(
    'meta',
    fullBox('hdlr', big(0, 4), 'pict', Buffer.alloc(13)),
    fullBox('pitm', big(primary, 2)),
    fullBox('iloc', [0x44, 0], big(items.length, 2), ...places),
    fullBox('iinf', big(items.length, 2), ...infos),
    fullBox(
      'iref',
      ...references.map(([kind, from, to]) =>
        boxOf(
          kind,
          big(from, 2),
          big(to.length, 2),
          to.flatMap((id) => big(id, 2)),
        ),
      ),
    ),
    boxOf('iprp', boxOf('ipco', ...all), boxOf('ipma', [0, 0, 0, 1], big(items.length, 4), ...own)),
    ...more,
  );
}
