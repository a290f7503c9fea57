/** What the detector sees, a byte a number: small enough to keep that of all training pictures in memory. */
import type { DetectorCells } from '@darkroom/gpu-worker/models/blip/detector-vision';

/** Numbers of one picture, of each part all cells. */
export type CellNumbers = Record<keyof DetectorCells, Float32Array>;

/** Range of each part; what lies beyond is cut. Hard swish gives no less than -3/8. */
const ranges: Record<keyof DetectorCells, readonly [low: number, high: number]> = {
  features: [-0.375, 6],
  peaks: [0, 1],
  colours: [-1, 1],
};
const parts = ['features', 'peaks', 'colours'] as const satisfies (keyof DetectorCells)[];

/** All parts one after another, rounded to 256 levels. */
export function packCells(cells: CellNumbers): Uint8Array<ArrayBuffer> {
  const packed = new Uint8Array(parts.reduce((sum, part) => sum + cells[part].length, 0));
  let at = 0;
  for (const part of parts) {
    const [low, high] = ranges[part];
    for (const value of cells[part]) {
      packed[at++] = Math.round((255 * (Math.min(high, Math.max(low, value)) - low)) / (high - low));
    }
  }
  return packed;
}

/** Writes a picture's numbers into row `row` of arrays that hold those of a batch. */
export function unpackCells(packed: Uint8Array, into: CellNumbers, row: number, rows: number): void {
  let from = 0;
  for (const part of parts) {
    const [low, high] = ranges[part];
    const size = into[part].length / rows;
    const step = (high - low) / 255;
    const target = into[part];
    for (let i = 0; i < size; i++) target[row * size + i] = low + step * (packed[from + i] as number);
    from += size;
  }
}
