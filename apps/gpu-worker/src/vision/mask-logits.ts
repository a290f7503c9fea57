/** Small planes of mask logits to the picture's size. */
import type { Size } from '../image/resize.ts';
import type { BinaryMask } from './binary-mask.ts';
import type { Fit } from './sam-image.ts';

/** A plane of numbers, row by row. */
export interface LogitPlane extends Size {
  readonly data: Float32Array;
}

/**
 * Logits of the network's square to logits of the picture: enlarged to the square, the padding cut off, and resized to
 * the picture, each time bilinearly.
 */
export function logitsOfPicture(small: LogitPlane, { original, scaled, side }: Fit): LogitPlane {
  const square = resizePlane(small, { width: side, height: side }, scaled);
  return resizePlane(square, original);
}

/**
 * Bilinear with half-pixel centres and no antialiasing (PyTorch's `align_corners=False`).
 * @param kept part of the result at its top left that is computed. Default: all of it
 */
export function resizePlane(plane: LogitPlane, size: Size, kept: Size = size): LogitPlane {
  if (plane.width === kept.width && plane.height === kept.height && size.width === plane.width) return plane;
  const across = blends(plane.width, size.width, kept.width);
  const down = blends(plane.height, size.height, kept.height);
  const data = new Float32Array(kept.width * kept.height);
  // Rows of the source, already of the new width; two of them at a time are needed.
  const lines = new Map<number, Float32Array>();
  for (let y = 0; y < kept.height; y++) {
    const [low, high] = [down.low[y] as number, down.high[y] as number];
    for (const row of lines.keys()) if (row < low) lines.delete(row);
    for (const row of [low, high]) if (!lines.has(row)) lines.set(row, resizeLine(plane, row, across));
    const [above, below] = [lines.get(low) as Float32Array, lines.get(high) as Float32Array];
    const share = down.share[y] as number;
    const at = y * kept.width;
    for (let x = 0; x < kept.width; x++) {
      data[at + x] = (above[x] as number) * (1 - share) + (below[x] as number) * share;
    }
  }
  return { width: kept.width, height: kept.height, data };
}

interface Blends {
  readonly low: Int32Array;
  readonly high: Int32Array;
  /** Share of the higher sample. */
  readonly share: Float64Array;
}

function blends(from: number, to: number, count: number): Blends {
  const [low, high] = [new Int32Array(count), new Int32Array(count)];
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    low[i] = Math.min(from - 1, Math.floor(centre));
    high[i] = Math.min(from - 1, (low[i] as number) + 1);
    share[i] = centre - (low[i] as number);
  }
  return { low, high, share };
}

function resizeLine({ width, data }: LogitPlane, row: number, { low, high, share }: Blends): Float32Array {
  const line = new Float32Array(low.length);
  const start = row * width;
  for (let x = 0; x < line.length; x++) {
    const left = data[start + (low[x] as number)] as number;
    const right = data[start + (high[x] as number)] as number;
    line[x] = left + (right - left) * (share[x] as number);
  }
  return line;
}

/**
 * Where {@link logitsOfPicture} is above 0, row by row: the logits of the whole picture are never held, and between two lines
 * only those places are computed of which the lines say different things.
 */
export function maskOfPicture(small: LogitPlane, { original, scaled, side }: Fit): BinaryMask {
  const { width, height } = original;
  const toSquare = {
    across: blends(small.width, side, scaled.width),
    down: blends(small.height, side, scaled.height),
  };
  const across = blends(scaled.width, width, width);
  const down = blends(scaled.height, height, height);
  const narrow = lineReader((row) => resizeLine(small, row, toSquare.across));
  const wide = lineReader((row): SignedLine => {
    const line = new Float32Array(scaled.width);
    const { low, high, share } = toSquare.down;
    mixLines(narrow(low[row] as number), narrow(high[row] as number), share[row] as number, line);
    const data = resizeLine({ width: scaled.width, height: 1, data: line }, 0, across);
    return { data, changes: changesOf(data) };
  });
  const bits = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const row = bits.subarray(y * width, (y + 1) * width);
    paintRow(
      row,
      { above: wide(down.low[y] as number), below: wide(down.high[y] as number) },
      down.share[y] as number,
    );
  }
  return { width, height, data: bits };
}

interface SignedLine {
  readonly data: Float32Array;
  /** Where the numbers change between being above 0 and not, beginning with not. */
  readonly changes: readonly number[];
}

function changesOf(line: Float32Array): number[] {
  const changes: number[] = [];
  let isAbove = false;
  for (let x = 0; x < line.length; x++) {
    if ((line[x] as number) > 0 === isAbove) continue;
    changes.push(x);
    isAbove = !isAbove;
  }
  return changes;
}

/** @param share of the lower line */
function paintRow(
  row: Uint8Array,
  { above, below }: Readonly<Record<'above' | 'below', SignedLine>>,
  share: number,
): void {
  let [i, j, x] = [0, 0, 0];
  while (x < row.length) {
    const next = Math.min(above.changes[i] ?? row.length, below.changes[j] ?? row.length);
    // An odd number of changes so far: the line is above 0 here.
    const [isUpper, isLower] = [i % 2 === 1, j % 2 === 1];
    if (isUpper && isLower) row.fill(1, x, next);
    else if (isUpper || isLower) {
      for (; x < next; x++) {
        const mixed = (above.data[x] as number) * (1 - share) + (below.data[x] as number) * share;
        if (mixed > 0) row[x] = 1;
      }
    }
    x = next;
    if (above.changes[i] === next) i += 1;
    if (below.changes[j] === next) j += 1;
  }
}

/** Makes lines, of which the last two are remembered. */
function lineReader<T>(make: (row: number) => T): (row: number) => T {
  const made = new Map<number, T>();
  return (row) => {
    const known = made.get(row);
    if (known !== undefined) return known;
    for (const other of made.keys()) if (other < row - 1) made.delete(other);
    const line = make(row);
    made.set(row, line);
    return line;
  };
}

function mixLines(above: Float32Array, below: Float32Array, share: number, into: Float32Array): void {
  for (let x = 0; x < into.length; x++) {
    into[x] = (above[x] as number) * (1 - share) + (below[x] as number) * share;
  }
}

/** 1 where a logit is above the threshold, else 0. */
export function aboveThreshold({ width, height, data }: LogitPlane, threshold = 0): BinaryMask {
  const bits = new Uint8Array(data.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (data[i] as number) > threshold ? 1 : 0;
  return { width, height, data: bits };
}

/**
 * How little the mask changes when the threshold moves by `offset` to either side: the part of the pixels above the lower
 * one that are above the higher one. 0 where no pixel is above either.
 */
export function stabilityScore({ data }: LogitPlane, { threshold = 0, offset = 1 } = {}): number {
  let [inner, outer] = [0, 0];
  for (const logit of data) {
    if (logit > threshold - offset) outer += 1;
    if (logit > threshold + offset) inner += 1;
  }
  return outer === 0 ? 0 : inner / outer;
}
