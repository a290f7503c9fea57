import { corrupt, type HeaderBytes, type Sides } from './header-bytes.ts';

/** Markers of ITU-T T.81, table B.1. */
const startOfImage = 0xd8;
const endOfImage = 0xd9;
const startOfScan = 0xda;
const notFrames = [0xc4, 0xc8, 0xcc];

const isFrame = (marker: number) => marker >= 0xc0 && marker <= 0xcf && !notFrames.includes(marker);
/** Restart markers and the private one, which stand alone. */
const isBare = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);

/** Where the code of the next marker is: bytes between segments are skipped, as decoders do. */
function nextMarker(bytes: HeaderBytes, from: number): number {
  let at = from;
  for (;;) {
    while (bytes.uint8(at) !== 0xff) at++;
    while (bytes.uint8(at) === 0xff) at++;
    if (bytes.uint8(at) !== 0) return at;
  }
}

/** Sides of a JPEG: those of its one frame, read as far as its first scan. */
export function readJpegHeader(bytes: HeaderBytes): Sides {
  let frame: Sides | undefined;
  for (let at = nextMarker(bytes, 2); ; at = nextMarker(bytes, at)) {
    const marker = bytes.uint8(at);
    if (isBare(marker)) continue;
    if (marker === startOfImage || marker === endOfImage)
      throw corrupt('expected the pixels of a JPEG, got another mark of its beginning or end');
    const length = bytes.uint16(at + 1);
    if (length < 2) throw corrupt(`expected a JPEG segment of 2 bytes or more, got ${length}`);
    if (marker === startOfScan) break;
    if (isFrame(marker)) {
      if (frame) throw corrupt('expected one frame in a JPEG, got two');
      frame = { height: bytes.uint16(at + 4), width: bytes.uint16(at + 6) };
    }
    at += 1 + length;
  }
  if (!frame) throw corrupt('expected a frame before the pixels of a JPEG');
  return frame;
}
