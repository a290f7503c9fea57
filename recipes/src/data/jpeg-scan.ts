/**
 * Finds the JPEG streams that lie inside a larger file (an EET/.edj archive keeps its pictures verbatim).
 * Walks the segments of each stream, so a thumbnail inside an EXIF segment isn't taken for a stream of its own.
 *
 * @returns views on `bytes`, in file order
 */
export function jpegStreams(bytes: Buffer): Buffer[] {
  const streams: Buffer[] = [];
  let from = 0;
  for (;;) {
    const start = bytes.indexOf(soi, from);
    if (start < 0) return streams;
    const end = endOfStream(bytes, start);
    if (end === undefined) {
      from = start + 2;
      continue;
    }
    streams.push(bytes.subarray(start, end));
    from = end;
  }
}

/** The longest JPEG stream inside a file, or undefined when there is none. */
export function largestJpeg(bytes: Buffer): Buffer | undefined {
  let largest: Buffer | undefined;
  for (const stream of jpegStreams(bytes)) {
    if (stream.length > (largest?.length ?? 0)) largest = stream;
  }
  return largest;
}

const soi = Buffer.from([0xff, 0xd8, 0xff]);
const eoiMarker = 0xd9;
const scanMarker = 0xda;

function endOfStream(bytes: Buffer, start: number): number | undefined {
  let at = start + 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker === eoiMarker) return at + 2;
    if (marker < 0xc0) return undefined;
    const length = bytes.readUInt16BE(at + 2);
    if (length < 2) return undefined;
    at += 2 + length;
    if (marker === scanMarker) at = endOfScan(bytes, at);
  }
  return bytes[at] === 0xff && bytes[at + 1] === eoiMarker ? at + 2 : undefined;
}

/** Index of the first marker after entropy-coded data; stuffed zeros and restart markers belong to the data. */
function endOfScan(bytes: Buffer, start: number): number {
  let at = bytes.indexOf(0xff, start);
  while (at >= 0 && at + 1 < bytes.length) {
    const marker = bytes[at + 1] as number;
    const isData = marker === 0 || (marker >= 0xd0 && marker <= 0xd7);
    if (!isData) return at;
    at = bytes.indexOf(0xff, at + 2);
  }
  return bytes.length;
}
