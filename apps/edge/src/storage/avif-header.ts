/** Sides of an AVIF, by the boxes of ISO/IEC 14496-12 and the item properties of ISO/IEC 23008-12. */
import { corrupt, type HeaderBytes, type Sides } from './header-bytes.ts';

interface Box {
  readonly type: string;
  /** Where its content begins. */
  readonly start: number;
  readonly end: number;
}

/** Version and flags before the content of a full box. */
const fullBytes = 4;
/** Bounds what lists of boxes cost: one of a thousand tiles takes some tens of kilobytes. */
const maxMetaBytes = 2 ** 20;

/** The box at a place; it must fit into the one around it. */
function readBox(bytes: HeaderBytes, at: number, limit: number): Box {
  const short = bytes.uint32(at);
  const type = bytes.name(at + 4);
  const isLong = short === 1;
  const start = at + (isLong ? 16 : 8);
  const long = isLong ? bytes.uint32(at + 8) * 2 ** 32 + bytes.uint32(at + 12) : short;
  // A length of 0 reaches to the end.
  const end = short === 0 ? limit : at + long;
  if (end < start || end > limit) throw corrupt('expected the boxes of an AVIF to fit into one another');
  return { type, start, end };
}

/** The boxes in a box, in order. */
function* boxesIn(bytes: HeaderBytes, { start, end }: Omit<Box, 'type'>): Generator<Box> {
  for (let at = start; at < end; ) {
    const box = readBox(bytes, at, end);
    yield box;
    at = box.end;
  }
}

/** The one box of a type; two of them could be read in two ways. */
function only(boxes: readonly Box[], type: string): Box {
  const [found, second] = boxes.filter((box) => box.type === type);
  if (!found || second) throw corrupt(`expected one box ${type} in an AVIF`);
  return found;
}

/** The box with everything about items, behind boxes that do not matter. */
function findMeta(bytes: HeaderBytes): Box {
  for (const box of boxesIn(bytes, { start: 0, end: Number.MAX_SAFE_INTEGER })) {
    if (box.type !== 'meta') continue;
    if (box.end - box.start > maxMetaBytes) throw corrupt('expected a box meta of at most 1 MiB in an AVIF');
    return { ...box, start: box.start + fullBytes };
  }
  throw corrupt('expected a box meta in an AVIF');
}

/** Reads numbers one behind the other, within a box. */
function cursorOf(bytes: HeaderBytes, { start, end }: Box) {
  let at = start;
  const take = (size: number): number => {
    if (at + size > end) throw corrupt('a box of an AVIF ends too early');
    at += size;
    return at - size;
  };
  return {
    uint8: () => bytes.uint8(take(1)),
    uint16: () => bytes.uint16(take(2)),
    uint32: () => bytes.uint32(take(4)),
  };
}

function readPrimaryItem(bytes: HeaderBytes, box: Box): number {
  const cursor = cursorOf(bytes, box);
  const version = cursor.uint32() >>> 24;
  return version === 0 ? cursor.uint16() : cursor.uint32();
}

/** Numbers of an item's properties, counted from 1. */
function propertiesOf(bytes: HeaderBytes, box: Box, item: number): number[] {
  const cursor = cursorOf(bytes, box);
  const versionAndFlags = cursor.uint32();
  const isWide = (versionAndFlags & 1) === 1;
  const found: number[] = [];
  // However many entries are announced, each takes bytes of the box.
  for (let left = cursor.uint32(); left > 0; left--) {
    const id = versionAndFlags >>> 24 === 0 ? cursor.uint16() : cursor.uint32();
    for (let properties = cursor.uint8(); properties > 0; properties--) {
      const property = isWide ? cursor.uint16() & 0x7fff : cursor.uint8() & 0x7f;
      if (id === item) found.push(property);
    }
  }
  return found;
}

function readSides(bytes: HeaderBytes, box: Box): Sides {
  const cursor = cursorOf(bytes, box);
  cursor.uint32();
  return { width: cursor.uint32(), height: cursor.uint32() };
}

/**
 * Sides that an AVIF declares: first those of its picture, then those of everything else in it, such as tiles and
 * transparency, which cost the decoder as much.
 */
export function readAvifHeader(bytes: HeaderBytes): readonly [Sides, ...Sides[]] {
  const meta = [...boxesIn(bytes, findMeta(bytes))];
  const item = readPrimaryItem(bytes, only(meta, 'pitm'));
  const iprp = [...boxesIn(bytes, only(meta, 'iprp'))];
  const properties = [...boxesIn(bytes, only(iprp, 'ipco'))];
  const own = iprp
    .filter(({ type }) => type === 'ipma')
    .flatMap((box) => propertiesOf(bytes, box, item))
    .flatMap((number) => properties[number - 1] ?? [])
    .filter(({ type }) => type === 'ispe');
  const all = properties.filter(({ type }) => type === 'ispe').map((box) => readSides(bytes, box));
  return [readSides(bytes, only(own, 'ispe')), ...all];
}
