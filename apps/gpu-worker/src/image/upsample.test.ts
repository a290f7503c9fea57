import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  laplacianVariance,
  proceduralPhoto,
  psnr,
  randomNumbers,
} from '../../../../test/support/procedural-photo.ts';
import { tentBlur } from './plane-blur.ts';
import { createRowEnlarger, shrinkPlane } from './plane-resample.ts';
import { type Float32Image, type Raster, toFloat32Image } from './raster.ts';
import { modelSize, resizeRaster } from './resize.ts';
import { upsampleEdit } from './upsample.ts';

type Colour = readonly [number, number, number];
/** Colour in, colour out, at fractions (u, v) of the picture. */
type ColourEdit = (colour: Colour, u: number, v: number) => Colour;

function edited(image: Float32Image, edit: ColourEdit): Float32Image {
  const { width, height } = image;
  const data = new Float32Array(image.data.length);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const colour = image.data.subarray(pixel * 3, pixel * 3 + 3) as unknown as Colour;
    const [u, v] = [((pixel % width) + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height];
    edit(colour, u, v).forEach((value, c) => {
      data[pixel * 3 + c] = Math.min(1, Math.max(0, value));
    });
  }
  return { width, height, data };
}

function blurred(image: Float32Image, radius: number): Float32Image {
  const { width, height } = image;
  return { width, height, data: tentBlur({ ...image, channels: 3 }, radius).data };
}

function shrunk(image: Float32Image, width: number, height: number): Float32Image {
  return { width, height, data: shrinkPlane({ ...image, channels: 3 }, width, height).data };
}

function enlarged(image: Float32Image, width: number, height: number): Float32Image {
  const rows = createRowEnlarger({ ...image, channels: 3 }, width, height);
  const data = new Float32Array(width * height * 3);
  for (let y = 0; y < height; y++) rows.row(y, data.subarray(y * width * 3, (y + 1) * width * 3));
  return { width, height, data };
}

function withNoise(image: Float32Image, sigma: number): Float32Image {
  const random = randomNumbers(11);
  const noise = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return { ...image, data: image.data.map((value) => value + sigma * noise()) };
}

async function beforeOf(original: Raster): Promise<Float32Image> {
  const size = modelSize(original.width, original.height, { longSide: 96, multiple: 8 });
  return toFloat32Image(await resizeRaster(original, size));
}

function largestDifference(a: Float32Image, b: Float32Image): number {
  return (
    255 * a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b.data[i] as number))), 0)
  );
}

const warm: ColourEdit = ([r, g, b]) => [
  0.72 * r + 0.12 * g + 0.1,
  0.05 * r + 0.75 * g + 0.06,
  0.6 * b + 0.1 * g + 0.02,
];
const night: ColourEdit = ([r, g, b]) => {
  const luma = 0.3 * r + 0.6 * g + 0.1 * b;
  return [0.15 * luma + 0.1 * r * r, 0.2 * luma + 0.1 * g * g, 0.35 * luma + 0.15 * b];
};
const fog: ColourEdit = ([r, g, b], _, v) => {
  const veil = 0.8 * (1 - v);
  return [r + (0.85 - r) * veil, g + (0.87 - g) * veil, b + (0.9 - b) * veil];
};

const photo = proceduralPhoto(512, 384);
const photoFloat = toFloat32Image(photo);
const before = shrunk(photoFloat, 128, 96);

const oddSizes = [
  [512, 384],
  [1, 1],
  [8, 5],
  [37, 53],
  [1201, 3],
  [5, 900],
  [2, 2],
  [301, 299],
] as const;

describe('upsampleEdit leaves alone what the edit leaves alone', () => {
  it.each(oddSizes)(
    'gives the bytes of a %i×%i photo back when nothing was edited',
    async (width, height) => {
      const original = proceduralPhoto(width, height, 0.05);
      const same = await beforeOf(original);
      expect(await upsampleEdit({ before: same, after: same, original })).toEqual(original);
    },
  );

  it('carries alpha over and writes no other memory', async () => {
    const data = new Uint8Array(64 * 64 * 4).map((_, i) => (i * 73) & 255);
    const original: Raster = { width: 64, height: 64, channels: 4, data };
    const copy = data.slice();
    const same = toFloat32Image(original);
    expect(await upsampleEdit({ before: same, after: same, original })).toEqual(original);
    const toned = await upsampleEdit({ before: same, after: edited(same, warm), original });
    expect(toned.data.filter((_, i) => i % 4 === 3)).toEqual(copy.filter((_, i) => i % 4 === 3));
    expect(data).toEqual(copy);
  });

  it('does not change the half of a photo that was not blurred', async () => {
    const soft = blurred(before, 3);
    const isLeft = (i: number): boolean => Math.floor(i / 3) % 128 < 64;
    const after = {
      ...before,
      data: before.data.map((value, i) => (isLeft(i) ? (soft.data[i] as number) : value)),
    };
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    const left = [0, 0, 0.45, 1];
    const right = [0.6, 0, 1, 1];
    expect(laplacianVariance(result, left)).toBeLessThan(0.02 * laplacianVariance(photoFloat, left));
    const kept = laplacianVariance(result, right) / laplacianVariance(photoFloat, right);
    expect(Math.abs(kept - 1)).toBeLessThan(0.03);
  });
});

describe('upsampleEdit carries tone and colour at full detail', () => {
  it.each(oddSizes)('is within 2 levels for an affine edit of a %i×%i photo', async (width, height) => {
    const original = proceduralPhoto(width, height);
    const small = await beforeOf(original);
    const result = await upsampleEdit({ before: small, after: edited(small, warm), original });
    const expected = edited(toFloat32Image(original), warm);
    expect(largestDifference(toFloat32Image(result), expected)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['night', night, 50],
    ['fog that thickens upwards', fog, 42],
    ['a gamma curve', ([r, g, b]: Colour): Colour => [r ** 1.8, g ** 1.8, b ** 1.8], 44],
    ['contrast that clips', ([r, g, b]: Colour): Colour => [1.7 * r - 0.3, 1.7 * g - 0.3, 1.7 * b - 0.3], 44],
    ['a recoloured ball', ([r, g, b]: Colour): Colour => (r > 1.8 * g ? [b, g, r] : [r, g, b]), 44],
  ] as const)('matches %s done at full size', async (_, edit, floor) => {
    const expected = edited(photoFloat, edit);
    const result = toFloat32Image(
      await upsampleEdit({ before, after: shrunk(expected, 128, 96), original: photo }),
    );
    expect(psnr(result, expected)).toBeGreaterThan(floor);
    expect(psnr(result, expected)).toBeGreaterThan(psnr(enlarged(before, 512, 384), photoFloat) + 6);
  });

  it('does not carry the noise of the edited picture over', async () => {
    const expected = edited(photoFloat, night);
    const after = withNoise(shrunk(expected, 128, 96), 0.02);
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    expect(psnr(after, shrunk(expected, 128, 96))).toBeLessThan(36);
    expect(psnr(result, expected)).toBeGreaterThan(44);
  });
});

describe('upsampleEdit shows what the edit painted', () => {
  it.each([1, 2, 4])('blurs the full size as a blur of radius %i did the small picture', async (radius) => {
    const after = blurred(before, radius);
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    const expected = blurred(photoFloat, radius * 4);
    expect(laplacianVariance(result)).toBeLessThan(0.03 * laplacianVariance(photoFloat));
    expect(psnr(result, expected)).toBeGreaterThan(40);
  });

  it('blurs under noise too', async () => {
    const after = withNoise(blurred(before, 3), 0.01);
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    expect(laplacianVariance(result)).toBeLessThan(0.05 * laplacianVariance(photoFloat));
  });

  it('draws the lines of a sketch', async () => {
    const soft = blurred(before, 2);
    const darkening = before.data.map((value, i) => Math.max(0, (soft.data[i] as number) - value));
    const line = (pixel: number): number => Math.max(0, 1 - 14 * (darkening[pixel * 3 + 1] as number));
    const after = { ...before, data: before.data.map((_, i) => line(Math.floor(i / 3))) };
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    expect(psnr(shrunk(result, 128, 96), after)).toBeGreaterThan(22);
    const small = shrunk(result, 128, 96);
    const isDark = (image: Float32Image, pixel: number): boolean =>
      (image.data[pixel * 3 + 1] as number) < 0.5;
    const lines = Array.from({ length: 128 * 96 }, (_, pixel) => pixel).filter((pixel) =>
      isDark(after, pixel),
    );
    expect(lines.length).toBeGreaterThan(500);
    expect(lines.filter((pixel) => isDark(small, pixel)).length).toBeGreaterThan(0.9 * lines.length);
  });

  it('shows a new object and hides what was behind it', async () => {
    const disc: ColourEdit = (colour, u, v) =>
      Math.hypot(u - 0.3, v - 0.75) < 0.15 ? [0.9, 0.8, 0.1] : colour;
    const after = edited(before, disc);
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    const inside = [0.23, 0.68, 0.37, 0.82];
    expect(laplacianVariance(result, inside)).toBeLessThan(0.01 * laplacianVariance(photoFloat, inside));
    expect(psnr(shrunk(result, 128, 96), after)).toBeGreaterThan(40);
  });

  it('covers the ground with snow', async () => {
    const snow: ColourEdit = (colour, u, v) =>
      v > 0.65 ? [0.92, 0.93 + 0.03 * Math.sin(40 * u), 0.97] : colour;
    const after = edited(before, snow);
    const result = toFloat32Image(await upsampleEdit({ before, after, original: photo }));
    const ground = [0, 0.72, 1, 1];
    expect(laplacianVariance(result, ground)).toBeLessThan(0.01 * laplacianVariance(photoFloat, ground));
    expect(psnr(shrunk(result, 128, 96), after)).toBeGreaterThan(38);
  });
});

describe('upsampleEdit tells and checks', () => {
  it('reports rising progress that ends at 1', async () => {
    const fractions: number[] = [];
    await upsampleEdit({
      before,
      after: before,
      original: photo,
      onProgress: (fraction) => fractions.push(fraction),
    });
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.length).toBeGreaterThan(50);
    expect(fractions.every((fraction, i) => fraction > (fractions[i - 1] ?? 0))).toBe(true);
  });

  it('names the picture whose size is wrong', async () => {
    const after = shrunk(before, 64, 96);
    await expect(upsampleEdit({ before, after, original: photo })).rejects.toThrow(
      'after: expected the size of before, 128×96, got 64×96',
    );
    const original = { ...photo, data: photo.data.subarray(3) };
    await expect(upsampleEdit({ before, after: before, original })).rejects.toThrow(
      'original: expected 589824 bytes',
    );
  });

  it('clamps an edit that overshoots [0, 1]', async () => {
    const after = { ...before, data: before.data.map((value) => value * 3 - 1) };
    const inside = { ...before, data: after.data.map((value) => Math.min(1, Math.max(0, value))) };
    const result = await upsampleEdit({ before, after, original: photo });
    expect(result).toEqual(await upsampleEdit({ before, after: inside, original: photo }));
  });

  it('refuses an edit with NaN', async () => {
    const data = before.data.map((value, i) => (i === 77 ? Number.NaN : value));
    const attempt = upsampleEdit({ before, after: { ...before, data }, original: photo });
    await expect(attempt).rejects.toThrow('after: expected numbers, got NaN at value 77');
  });
});

describe('upsampleEdit lets others have their turn', () => {
  /** Made of whole numbers alone, so that every machine gets the same bytes. */
  const ramp = (width: number, height: number): Raster => {
    const data = new Uint8Array(width * height * 3).map((_, i) => (i * 7919 + (i >> 7) * 31) & 255);
    return { width, height, channels: 3, data };
  };
  const small = toFloat32Image(ramp(48, 32));
  const toned = { ...small, data: small.data.map((value, i) => (i % 5 === 0 ? 1 - value : value / 2)) };
  const large = ramp(1200, 800);

  it('changes no bit by its pauses', async () => {
    const { data } = await upsampleEdit({ before: small, after: toned, original: large });
    // Recorded when all of it ran in one go.
    expect(createHash('sha256').update(data).digest('hex')).toBe(
      '7b97c6dc489d2ff8327828cacf44230431e9f60db762ba9ff9766078b5f9c07b',
    );
  });

  it('stops on the way when it is canceled', async () => {
    const controller = new AbortController();
    const fractions: number[] = [];
    const running = upsampleEdit({
      before: small,
      after: toned,
      original: large,
      signal: controller.signal,
      onProgress: (fraction) => {
        fractions.push(fraction);
        setImmediate(() => controller.abort());
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'canceled' });
    expect(fractions.at(-1)).toBeGreaterThan(0);
    expect(fractions.at(-1)).toBeLessThan(0.5);
  });
});
