import { describe, expect, it } from 'vitest';
import { maskBox } from './binary-mask.ts';
import { type FastSamOutput, fastSamMasks, fromLetterbox, letterbox } from './fastsam-masks.ts';

describe('letterbox', () => {
  it('fills the longer side and rounds the shorter up to the stride', () => {
    const wide = letterbox({ width: 1500, height: 1000 });
    expect(wide.input).toEqual({ width: 1024, height: 704 });
    // 1000 · 1024/1500 = 682.67, so 683 rows and 21 of border: 10 before, 11 after.
    expect([wide.left, wide.top]).toEqual([0, 10]);
    expect(letterbox({ width: 512, height: 512 })).toMatchObject({ gain: 2, left: 0, top: 0 });
  });

  it('takes boxes back to the picture, cut off at its edges', () => {
    const wide = letterbox({ width: 200, height: 100 }, { side: 64, stride: 64 });
    expect(wide).toMatchObject({ gain: 0.32, left: 0, top: 16, input: { width: 64, height: 64 } });
    expect(fromLetterbox([-5, 24, 32, 56], wide)).toEqual([0, 25, 100, 100]);
  });
});

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

describe('masks of FastSAM', () => {
  it('are weighted prototypes at the size of the picture, cut to their boxes', () => {
    const masks = fastSamMasks(output([[112, 128, 160, 128, 0.9, 1, 0]]), fit);
    expect(masks).toHaveLength(1);
    expect(masks[0]?.box).toEqual([32, 64, 192, 192]);
    expect(maskBox(masks[0]!.mask)).toEqual([32, 64, 128, 192]);
    const [corner] = fastSamMasks(output([[112, 128, 160, 128, 0.9, 1, 2]]), fit);
    expect(maskBox(corner!.mask)).toEqual([32, 64, 192, 128]);
  });

  it('are the surest first, without the unsure and those that another covers', () => {
    const rows = [
      [80, 80, 80, 80, 0.5, 1, 0],
      [176, 176, 80, 80, 0.8, -1, 0],
      [80.8, 80, 80, 80, 0.6, 1, 0],
      [120, 120, 80, 80, 0.39, 1, 0],
    ];
    expect(fastSamMasks(output(rows), fit).map(({ score }) => Math.round(score * 10))).toEqual([8, 6]);
    expect(fastSamMasks(output(rows), fit, { minConfidence: 0.3 })).toHaveLength(3);
    expect(fastSamMasks(output(rows), fit, { maxIou: 1 })).toHaveLength(3);
    expect(fastSamMasks(output(rows), fit, { maxMasks: 1 })).toHaveLength(1);
  });

  it('that nearly fill the picture fill it', () => {
    const large = letterbox({ width: 1024, height: 1024 });
    const near = fastSamMasks(output([[512, 512, 1000, 1004, 0.9, 1, 1]]), large);
    expect(near[0]?.box).toEqual([0, 0, 1024, 1024]);
    const far = fastSamMasks(output([[512, 512, 900, 1004, 0.9, 1, 1]]), large);
    expect(far[0]?.box).toEqual([62, 10, 962, 1014]);
  });

  it('leave out the borders of the letterbox', () => {
    const wide = letterbox({ width: 256, height: 160 }, { side: 256, stride: 256 });
    expect(wide.top).toBe(48);
    const [mask] = fastSamMasks(output([[128, 128, 256, 160, 0.9, 0, 1]]), wide);
    expect([mask?.mask.width, mask?.mask.height]).toEqual([256, 160]);
    expect(maskBox(mask!.mask)).toEqual([0, 0, 256, 80]);
  });
});
