/** Run lengths of a mask, in the order of COCO: down each column, columns from left to right, zeros first. */
import { type BinaryMask, maskBox } from './binary-mask.ts';

/** COCO's uncompressed form, as it stands in JSON. */
export interface MaskRle {
  /** Height, then width. */
  readonly size: readonly [height: number, width: number];
  /** Lengths of runs of zeros and ones in turn; the first is of zeros and may be 0. */
  readonly counts: readonly number[];
}

/** @example encodeRle({ width: 2, height: 1, data: Uint8Array.of(1, 0) }) // { size: [1, 2], counts: [0, 1, 1] } */
export function encodeRle(mask: BinaryMask): MaskRle {
  const { width, height, data } = mask;
  const counts: number[] = [];
  // Only the columns that have something inside are looked at.
  const [left, , right] = maskBox(mask) ?? [width, 0, width];
  let [value, run] = [0, left * height];
  for (let x = left; x < right; x++) {
    for (let y = 0, at = x; y < height; y++, at += width) {
      if (data[at] !== value) {
        counts.push(run);
        value = 1 - value;
        run = 0;
      }
      run += 1;
    }
  }
  const after = (width - right) * height;
  if (value === 0) counts.push(run + after);
  else counts.push(run, ...(after > 0 ? [after] : []));
  return { size: [height, width], counts };
}

/** @throws TypeError where the runs do not fill the mask exactly */
export function decodeRle({ size: [height, width], counts }: MaskRle): BinaryMask {
  const total = counts.reduce((sum, run) => sum + run, 0);
  if (total !== width * height || counts.some((run) => !Number.isInteger(run) || run < 0)) {
    throw new TypeError(
      `counts: expected runs of ${width * height} pixels (${height}×${width}), got ${total}`,
    );
  }
  const data = new Uint8Array(total);
  let at = 0;
  counts.forEach((run, i) => {
    const end = at + run;
    if (i % 2 === 0) at = end;
    for (; at < end; at++) data[(at % height) * width + Math.floor(at / height)] = 1;
  });
  return { width, height, data };
}

/** Pixels inside, without decoding. */
export function rleArea({ counts }: MaskRle): number {
  return counts.reduce((area, run, i) => (i % 2 === 0 ? area : area + run), 0);
}
