import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { PictureTensorConfig, pictureTensor } from './picture-tensor.ts';

const plain = { image_mean: [0, 0, 0], image_std: [1, 1, 1], rescale_factor: 1 };

/** Grey that grows to the right. */
function ramp(width: number, height: number): Raster {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.floor(i / 3) % width);
  return { width, height, channels: 3, data };
}

describe('pictureTensor', () => {
  it('brings the shorter side to size and cuts out the middle', () => {
    const config = PictureTensorConfig.parse({ ...plain, size: 8, do_center_crop: true, crop_size: 8 });
    const { width, height, pixels } = pictureTensor(ramp(100, 8), config);
    expect({ width, height }).toEqual({ width: 8, height: 8 });
    expect([...pixels.subarray(0, 8)]).toEqual([46, 47, 48, 49, 50, 51, 52, 53]);
  });

  it('squashes a picture where both sides are given, in any of the ways to write them', () => {
    for (const size of [12, [12, 12], { height: 12, width: 12 }]) {
      const { width, height } = pictureTensor(ramp(30, 7), PictureTensorConfig.parse({ size }));
      expect({ width, height }).toEqual({ width: 12, height: 12 });
    }
  });

  it('subtracts the mean of each channel and divides by its deviation, planes one after the other', () => {
    const config = PictureTensorConfig.parse({
      size: { height: 1, width: 1 },
      image_mean: [0.5, 0.25, 0],
      image_std: [0.5, 1, 2],
    });
    const data = Uint8Array.of(255, 255, 255);
    const { pixels } = pictureTensor({ width: 1, height: 1, channels: 3, data }, config);
    expect([...pixels]).toEqual([1, 0.75, 0.5]);
  });

  it('lays alpha on white', () => {
    const config = PictureTensorConfig.parse({ ...plain, size: { height: 1, width: 1 } });
    const data = Uint8Array.of(0, 0, 0, 0);
    const { pixels } = pictureTensor({ width: 1, height: 1, channels: 4, data }, config);
    expect([...pixels]).toEqual([255, 255, 255]);
  });

  it('does not need the memory of a whole long strip', () => {
    const config = PictureTensorConfig.parse({ size: 224, do_center_crop: true, crop_size: 224 });
    const { width, height } = pictureTensor(ramp(50_000, 1), config);
    expect({ width, height }).toEqual({ width: 224, height: 224 });
  });

  it('refuses steps that it does not have', () => {
    expect(PictureTensorConfig.safeParse({ size: 8, do_normalize: false }).success).toBe(false);
    expect(PictureTensorConfig.safeParse({ size: 8, resample: 1 }).success).toBe(false);
    const cut = { size: 8, do_center_crop: true, crop_size: 9 };
    expect(PictureTensorConfig.safeParse(cut).success).toBe(false);
  });
});
