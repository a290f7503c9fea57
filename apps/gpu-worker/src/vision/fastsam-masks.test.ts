import { describe, expect, it } from 'vitest';
import { type BinaryMask, maskBox } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import { type Letterbox, letterbox } from './fastsam-image.ts';
import { type FastSamOptions, type FastSamOutput, fastSamDetections, fastSamMask } from './fastsam-masks.ts';

const fit = letterbox({ width: 256, height: 256 }, { side: 256 });

/** Two prototypes of 64 × 64 cells: the left half, and the upper half; ±8 so that the sigmoid is sure. */
function output(rows: readonly (readonly number[])[]): FastSamOutput {
  const size = { width: 64, height: 64 };
  const prototypes = Float32Array.from({ length: 2 * 4096 }, (_, i) => {
    const [column, row] = [i % 64, Math.floor((i % 4096) / 64)];
    return (i < 4096 ? column : row) < 32 ? 8 : -8;
  });
  const predictions = new Float32Array(7 * rows.length);
  rows.forEach((row, i) => {
    row.forEach((value, channel) => {
      predictions[channel * rows.length + i] = value;
    });
  });
  return { predictions, count: rows.length, prototypes, size };
}

interface Found {
  readonly box: Box;
  readonly score: number;
  readonly mask: BinaryMask;
}

function masksOf(found: FastSamOutput, place: Letterbox, options?: FastSamOptions): Found[] {
  return fastSamDetections(found, place, options).map((detection) => ({
    ...detection,
    mask: fastSamMask(found, detection, place),
  }));
}

describe('masks of FastSAM', () => {
  it('are weighted prototypes at the size of the picture, cut to their boxes', () => {
    const masks = masksOf(output([[112, 128, 160, 128, 0.9, 1, 0]]), fit);
    expect(masks).toHaveLength(1);
    expect(masks[0]?.box).toEqual([32, 64, 192, 192]);
    expect(maskBox(masks[0]!.mask)).toEqual([32, 64, 128, 192]);
    const [corner] = masksOf(output([[112, 128, 160, 128, 0.9, 1, 2]]), fit);
    expect(maskBox(corner!.mask)).toEqual([32, 64, 192, 128]);
  });

  it('are the surest first, without the unsure and those that another covers', () => {
    const rows = [
      [80, 80, 80, 80, 0.5, 1, 0],
      [176, 176, 80, 80, 0.8, -1, 0],
      [80.8, 80, 80, 80, 0.6, 1, 0],
      [120, 120, 80, 80, 0.39, 1, 0],
    ];
    expect(masksOf(output(rows), fit).map(({ score }) => Math.round(score * 10))).toEqual([8, 6]);
    expect(masksOf(output(rows), fit, { minConfidence: 0.3 })).toHaveLength(3);
    expect(masksOf(output(rows), fit, { maxIou: 1 })).toHaveLength(3);
    expect(masksOf(output(rows), fit, { maxMasks: 1 })).toHaveLength(1);
  });

  it('that nearly fill the picture fill it', () => {
    const large = letterbox({ width: 1024, height: 1024 });
    const near = masksOf(output([[512, 512, 1000, 1004, 0.9, 1, 1]]), large);
    expect(near[0]?.box).toEqual([0, 0, 1024, 1024]);
    const far = masksOf(output([[512, 512, 900, 1004, 0.9, 1, 1]]), large);
    expect(far[0]?.box).toEqual([62, 0, 962, 1024]);
  });

  it('leave out the borders of the letterbox', () => {
    const wide = letterbox({ width: 256, height: 160 }, { side: 256, stride: 256 });
    expect(wide.top).toBe(48);
    const [mask] = masksOf(output([[128, 128, 256, 160, 0.9, 0, 1]]), wide);
    expect([mask?.mask.width, mask?.mask.height]).toEqual([256, 160]);
    expect(maskBox(mask!.mask)).toEqual([0, 0, 256, 80]);
  });

  it('lie where the picture lies, though the borders are no whole cells', () => {
    // 150 rows between 5 rows of border above and 5 below; the prototype changes at row 80 of the input.
    const wide = letterbox({ width: 256, height: 150 }, { side: 256 });
    expect([wide.top, wide.input.height]).toEqual([5, 160]);
    const size = { width: 64, height: 40 };
    const prototypes = Float32Array.from({ length: 64 * 40 }, (_, i) => (i < 64 * 20 ? 8 : -8));
    const predictions = Float32Array.of(128, 80, 256, 160, 0.9, 1);
    const [found] = masksOf({ predictions, count: 1, prototypes, size }, wide);
    expect(maskBox(found!.mask)).toEqual([0, 0, 256, 75]);
  });

  it('reach the edge of the picture, though the network outlines nothing in the borders', () => {
    const wide = letterbox({ width: 256, height: 150 }, { side: 256 });
    const size = { width: 64, height: 40 };
    const inPicture = (row: number): boolean => row >= 1 && row < 39;
    const prototypes = Float32Array.from({ length: 64 * 40 }, (_, i) =>
      inPicture(Math.floor(i / 64)) ? 8 : -8,
    );
    const predictions = Float32Array.of(60, 80, 120, 140, 0.9, 1);
    const [found] = masksOf({ predictions, count: 1, prototypes, size }, wide);
    expect(found?.box).toEqual([0, 0, 120, 150]);
    expect(maskBox(found!.mask)).toEqual([0, 0, 120, 150]);
  });
});
