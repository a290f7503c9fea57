import { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import { assertFileSize, decodeImage, defaultDecodeLimits } from './decode.ts';
import type { Raster } from './raster.ts';

/** Red, green / blue, yellow / white, black: 2 wide, 3 high, each colour a block of 16 × 16. */
const blockColours = ['ff0000', '00ff00', '0000ff', 'ffff00', 'ffffff', '000000'] as const;

function blocks(): Sharp {
  const data = new Uint8Array(32 * 48 * 3);
  for (let y = 0, at = 0; y < 48; y++) {
    for (let x = 0; x < 32; x++, at += 3) {
      const colour = blockColours[Math.floor(y / 16) * 2 + Math.floor(x / 16)] as string;
      data.set(Buffer.from(colour, 'hex'), at);
    }
  }
  return sharp(data, { raw: { width: 32, height: 48, channels: 3 } });
}

/** Colours at the centres of the 16 × 16 blocks, row by row, each channel rounded to 0 or 255. */
function blockCentres(raster: Raster): string[] {
  const colours: string[] = [];
  for (let y = 8; y < raster.height; y += 16) {
    for (let x = 8; x < raster.width; x += 16) {
      const at = (y * raster.width + x) * raster.channels;
      const rounded = raster.data.subarray(at, at + 3).map((value) => (value > 127 ? 255 : 0));
      colours.push(Buffer.from(rounded).toString('hex'));
    }
  }
  return colours;
}

function pixel(raster: Raster, x: number, y: number): number[] {
  const at = (y * raster.width + x) * raster.channels;
  return [...raster.data.subarray(at, at + raster.channels)];
}

async function refusal(bytes: Uint8Array): Promise<AppError> {
  const outcome = await decodeImage(bytes).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(AppError);
  return outcome as AppError;
}

const [red, green, blue, yellow, white, black] = blockColours;

/** The blocks after turning each EXIF orientation upright, row by row. */
const uprightBlocks: readonly (readonly [number, readonly string[]])[] = [
  [1, [red, green, blue, yellow, white, black]],
  [2, [green, red, yellow, blue, black, white]],
  [3, [black, white, yellow, blue, green, red]],
  [4, [white, black, blue, yellow, red, green]],
  [5, [red, blue, white, green, yellow, black]],
  [6, [white, blue, red, black, yellow, green]],
  [7, [black, yellow, green, white, blue, red]],
  [8, [green, yellow, black, red, blue, white]],
];

describe('decodeImage turns pictures upright', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('decodes %s to upright RGB', async (format) => {
    const raster = await decodeImage(await blocks().toFormat(format).toBuffer());
    expect(raster).toMatchObject({ width: 32, height: 48, channels: 3 });
    expect(raster.data.length).toBe(32 * 48 * 3);
    expect(blockCentres(raster)).toEqual([...blockColours]);
  });

  it.each(uprightBlocks)('turns EXIF orientation %i upright', async (orientation, expected) => {
    const bytes = await blocks().withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const raster = await decodeImage(bytes);
    expect([raster.width, raster.height]).toEqual(orientation < 5 ? [32, 48] : [48, 32]);
    expect(blockCentres(raster)).toEqual(expected);
  });
});

describe('decodeImage brings colours to 8-bit sRGB', () => {
  it('converts a wide-gamut profile to sRGB', async () => {
    const data = new Uint8Array(8 * 8 * 3).map((_, i) => [200, 100, 50][i % 3] as number);
    const plain = sharp(data, { raw: { width: 8, height: 8, channels: 3 } });
    const bytes = await plain.withIccProfile('p3').png().toBuffer();
    const stored = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer();
    expect(Math.abs((stored[0] as number) - 200)).toBeGreaterThan(5);
    const raster = await decodeImage(bytes);
    pixel(raster, 4, 4).forEach((value, c) => {
      expect(Math.abs(value - ([200, 100, 50][c] as number))).toBeLessThanOrEqual(2);
    });
  });

  it('gives grey pictures three equal channels', async () => {
    const raster = await decodeImage(await blocks().greyscale().png().toBuffer());
    expect(raster.channels).toBe(3);
    const [r, g, b] = pixel(raster, 8, 8);
    expect([g, b]).toEqual([r, r]);
    const jpeg = await decodeImage(await blocks().greyscale().jpeg().toBuffer());
    expect(jpeg).toMatchObject({ width: 32, height: 48, channels: 3 });
  });

  it('reads CMYK JPEG', async () => {
    const raster = await decodeImage(await blocks().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer());
    expect(raster).toMatchObject({ width: 32, height: 48, channels: 3 });
    expect(blockCentres(raster)[4]).toBe(white);
    expect(blockCentres(raster)[3]).toBe(yellow);
  });

  it('brings 16-bit PNG to 8 bits', async () => {
    const bytes = await blocks().toColourspace('rgb16').png().toBuffer();
    expect((await sharp(bytes).metadata()).depth).toBe('ushort');
    const raster = await decodeImage(bytes);
    expect(raster.data.length).toBe(32 * 48 * 3);
    expect(blockCentres(raster)).toEqual([...blockColours]);
  });
});

describe('decodeImage keeps transparency only where there is some', () => {
  it.each([false, true])('keeps the alpha of a PNG (palette: %s)', async (palette) => {
    const data = new Uint8Array(16 * 16 * 4).map((_, i) => (i % 4 === 3 ? (i < 512 ? 0 : 255) : 120));
    const bytes = await sharp(data, { raw: { width: 16, height: 16, channels: 4 } })
      .png({ palette })
      .toBuffer();
    const raster = await decodeImage(bytes);
    expect(raster.channels).toBe(4);
    expect(pixel(raster, 3, 2)[3]).toBe(0);
    expect(pixel(raster, 3, 12)).toEqual([120, 120, 120, 255]);
  });

  it('reads 16-bit grey with alpha', async () => {
    const data = new Uint8Array(8 * 8 * 4).map((_, i) => (i % 4 === 3 ? 128 : 90));
    const source = sharp(data, { raw: { width: 8, height: 8, channels: 4 } });
    const raster = await decodeImage(await source.toColourspace('grey16').png().toBuffer());
    expect(raster).toMatchObject({ width: 8, height: 8, channels: 4 });
    pixel(raster, 1, 1).forEach((value, c) => {
      expect(Math.abs(value - (c === 3 ? 128 : 90))).toBeLessThanOrEqual(1);
    });
  });

  it('drops an alpha channel that is opaque everywhere', async () => {
    const raster = await decodeImage(await blocks().ensureAlpha().png().toBuffer());
    expect(raster.channels).toBe(3);
    expect(blockCentres(raster)).toEqual([...blockColours]);
  });
});

describe('decodeImage copes with sizes', () => {
  it('reads a single pixel and a strip', async () => {
    for (const [width, height] of [
      [1, 1],
      [3000, 1],
    ] as const) {
      const photo = proceduralPhoto(width, height);
      const bytes = await sharp(photo.data, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer();
      expect(await decodeImage(bytes)).toEqual(photo);
    }
  });

  it('keeps every bit of an 8-bit PNG and never shares memory with the file', async () => {
    const photo = proceduralPhoto(61, 37);
    const bytes = await sharp(photo.data, { raw: { width: 61, height: 37, channels: 3 } })
      .png()
      .toBuffer();
    const raster = await decodeImage(bytes);
    bytes.fill(0);
    expect(raster).toEqual(photo);
  });

  it('refuses by its size a file larger than the contract allows', () => {
    const limit = ImageRef.shape.sizeBytes.maxValue;
    expect(() => assertFileSize('photo', limit as number, defaultDecodeLimits)).not.toThrow();
    const tooLong = () => assertFileSize('photo', 150 * 2 ** 20, defaultDecodeLimits);
    expect(tooLong).toThrow('photo: expected at most 128 MiB, got 150 MiB');
  });

  it('goes by the limits it is given', async () => {
    const bytes = await blocks().png().toBuffer();
    const maxPixels = { ...defaultDecodeLimits.maxPixels, png: 32 * 48 - 1 };
    await expect(decodeImage(bytes, { ...defaultDecodeLimits, maxPixels })).rejects.toMatchObject({
      code: 'image_too_large',
      message: 'image: expected at most 0.001535 megapixels of PNG, got 32×48',
      details: { limit: 1535, width: 32, height: 48 },
    });
    const jpeg = await blocks().jpeg().toBuffer();
    expect(await decodeImage(jpeg, { ...defaultDecodeLimits, maxPixels })).toMatchObject({ height: 48 });
    const short = decodeImage(bytes, { ...defaultDecodeLimits, maxBytes: bytes.length - 1 });
    await expect(short).rejects.toMatchObject({ code: 'image_too_large', details: { bytes: bytes.length } });
  });

  it('says what came instead of a picture', async () => {
    const error = await refusal(await blocks().gif().toBuffer());
    expect(error.code).toBe('unsupported_media');
    expect(error.message).toBe('image: expected a still JPEG, PNG, WebP or AVIF, got GIF');
  });
});
