import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proceduralPhoto, psnr } from '../../../../test/support/procedural-photo.ts';
import { decodeImage } from './decode.ts';
import { encodePreview } from './preview.ts';
import { fromFloat32Image, type Raster, toFloat32Image } from './raster.ts';
import { floatImageFromTensor, fromTensor, modelSize, resizeRaster, toTensor } from './resize.ts';

describe('modelSize', () => {
  it.each([
    [4000, 3000, 512, 64, 512, 384],
    [3000, 4000, 512, 64, 384, 512],
    [640, 480, 128, 8, 128, 96],
    [1, 1, 128, 8, 128, 128],
    [8, 5, 128, 8, 128, 80],
    [10_000, 10, 256, 8, 256, 8],
    [500, 333, 250, 8, 248, 168],
  ])('fits %i×%i into a long side of %i in steps of %i: %i×%i', (width, height, longSide, multiple, w, h) => {
    expect(modelSize(width, height, { longSide, multiple })).toEqual({ width: w, height: h });
  });

  it.each([
    [4000, 3000, 512 * 512, 64, 576, 448],
    [1000, 1000, 512 * 512, 64, 512, 512],
    [10, 10_000, 128 * 128, 8, 8, 2048],
  ])('fits %i×%i into an area of %i in steps of %i: %i×%i', (width, height, areaPixels, multiple, w, h) => {
    expect(modelSize(width, height, { areaPixels, multiple })).toEqual({ width: w, height: h });
  });

  it('keeps every promise for any photo', () => {
    const side = fc.integer({ min: 1, max: 20_000 });
    const multiple = fc.constantFrom(8, 64);
    fc.assert(
      fc.property(
        side,
        side,
        multiple,
        fc.integer({ min: 64, max: 1024 }),
        (width, height, step, longSide) => {
          const long = modelSize(width, height, { longSide, multiple: step });
          const area = modelSize(width, height, { areaPixels: longSide * longSide, multiple: step });
          for (const size of [long, area]) {
            expect([size.width % step, size.height % step]).toEqual([0, 0]);
            expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(step);
          }
          expect(Math.max(long.width, long.height)).toBe(Math.floor(longSide / step) * step);
          expect(area.width * area.height).toBeLessThanOrEqual(longSide * longSide);
          const exactShort =
            (Math.min(width, height) / Math.max(width, height)) * Math.max(long.width, long.height);
          expect(
            Math.abs(Math.min(long.width, long.height) - Math.max(step, exactShort)),
          ).toBeLessThanOrEqual(step / 2);
        },
      ),
    );
  });

  it('names the argument that is no size', () => {
    expect(() => modelSize(0, 5, { longSide: 64, multiple: 8 })).toThrow('modelSize width: expected');
    expect(() => modelSize(5, 5, { longSide: 7, multiple: 8 })).toThrow(
      'modelSize budget: expected at least 8',
    );
    expect(() => modelSize(5, 5, { areaPixels: 63, multiple: 8 })).toThrow(
      'modelSize budget: expected at least 64',
    );
  });
});

describe('resizeRaster', () => {
  it('gives exactly the size asked for, whatever the shapes', async () => {
    for (const [from, to] of [
      [
        [97, 31],
        [64, 64],
      ],
      [
        [1, 1],
        [8, 16],
      ],
      [
        [300, 1],
        [8, 8],
      ],
      [
        [5, 8],
        [500, 8],
      ],
    ]) {
      const [width, height] = to as [number, number];
      const resized = await resizeRaster(proceduralPhoto(...(from as [number, number])), { width, height });
      expect(resized).toMatchObject({ width, height, channels: 3 });
      expect(resized.data.length).toBe(width * height * 3);
    }
  });

  it('goes down and up again with little loss of a smooth picture', async () => {
    const smooth = await resizeRaster(proceduralPhoto(16, 12, 0), { width: 160, height: 120 });
    const small = await resizeRaster(smooth, { width: 80, height: 60 });
    const back = await resizeRaster(small, { width: 160, height: 120 });
    expect(psnr(toFloat32Image(back), toFloat32Image(smooth))).toBeGreaterThan(40);
  });

  it('does not let hidden colours bleed out of transparent pixels', async () => {
    const data = new Uint8Array(16 * 16 * 4);
    for (let at = 0; at < data.length; at += 4)
      data.set(at % 64 < 32 ? [255, 0, 0, 0] : [0, 0, 200, 255], at);
    const cut: Raster = { width: 16, height: 16, channels: 4, data };
    const resized = await resizeRaster(cut, { width: 6, height: 6 });
    expect(resized.channels).toBe(4);
    for (let at = 0; at < resized.data.length; at += 4) {
      if ((resized.data[at + 3] as number) > 20) expect(resized.data[at] as number).toBeLessThan(20);
    }
  });
});

describe('tensors', () => {
  it('come back as the same bytes', () => {
    const photo = proceduralPhoto(23, 17);
    expect(fromTensor(toTensor(photo), { width: 23, height: 17 })).toEqual(photo);
  });

  it('are planar and span [-1, 1]', () => {
    const raster: Raster = {
      width: 2,
      height: 1,
      channels: 3,
      data: new Uint8Array([0, 255, 51, 255, 0, 204]),
    };
    const expected = [-1, 1, 1, -1, -0.6, 0.6];
    toTensor(raster).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] as number, 6);
    });
  });

  it('lay transparency on white', () => {
    const raster: Raster = { width: 1, height: 1, channels: 4, data: new Uint8Array([0, 0, 0, 0]) };
    expect([...toTensor(raster)]).toEqual([1, 1, 1]);
  });

  it('become float pictures with the same colours', () => {
    const photo = proceduralPhoto(9, 14);
    const image = floatImageFromTensor(toTensor(photo), { width: 9, height: 14 });
    expect(fromFloat32Image(image)).toEqual(photo);
    expect(psnr(image, toFloat32Image(photo))).toBeGreaterThan(120);
    expect(() => floatImageFromTensor(new Float32Array(5), { width: 1, height: 1 })).toThrow(
      'expected 3 values',
    );
  });

  it('are clamped and rounded to nearest, NaN to 0', () => {
    const tensor = Float32Array.of(-7, 0, 7, 0.001, Number.NaN, -1);
    const { data } = fromTensor(tensor, { width: 2, height: 1 });
    expect([...data]).toEqual([0, 255, 0, 128, 128, 0]);
    expect(() => fromTensor(tensor, { width: 3, height: 1 })).toThrow(
      'expected 9 values for [1, 3, 1, 3], got 6',
    );
  });
});

describe('encodePreview', () => {
  it.each(['webp', 'jpeg'] as const)('makes a small %s of the decoded tensor', async (format) => {
    const photo = proceduralPhoto(512, 384);
    const bytes = await encodePreview(toTensor(photo), { width: 512, height: 384 }, { format });
    expect(bytes.length).toBeLessThan(20_000);
    const preview = await decodeImage(bytes);
    expect([preview.width, preview.height]).toEqual([256, 192]);
    const expected = await resizeRaster(photo, { width: 256, height: 192 });
    expect(psnr(toFloat32Image(preview), toFloat32Image(expected))).toBeGreaterThan(25);
  });

  it('does not enlarge', async () => {
    const bytes = await encodePreview(toTensor(proceduralPhoto(64, 32)), { width: 64, height: 32 });
    expect(await decodeImage(bytes)).toMatchObject({ width: 64, height: 32 });
  });
});
