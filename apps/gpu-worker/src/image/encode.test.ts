import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { proceduralPhoto, psnr } from '../../../../test/support/procedural-photo.ts';
import { decodeImage } from './decode.ts';
import { encodeImage, outputFormatOf } from './encode.ts';
import { type Raster, toFloat32Image } from './raster.ts';

const photo = proceduralPhoto(121, 90);
const glass: Raster = {
  width: 20,
  height: 10,
  channels: 4,
  data: new Uint8Array(800).map((_, i) => (i % 4 === 3 ? 64 : 100)),
};

describe('encodeImage', () => {
  it('writes PNG that decodes to the same bytes', async () => {
    expect(await decodeImage(await encodeImage(photo, { format: 'png' }))).toEqual(photo);
    expect(await decodeImage(await encodeImage(glass, { format: 'png' }))).toEqual(glass);
  });

  it.each([
    ['jpeg', 36],
    ['webp', 32],
  ] as const)('writes %s near the picture', async (format, floor) => {
    const decoded = await decodeImage(await encodeImage(photo, { format }));
    expect(psnr(toFloat32Image(decoded), toFloat32Image(photo))).toBeGreaterThan(floor);
  });

  it('keeps every pixel of WebP where it must, those under full transparency too', async () => {
    const clear = { ...glass, data: glass.data.map((byte, i) => (i % 8 === 7 ? 0 : byte)) };
    for (const picture of [photo, clear]) {
      const bytes = await encodeImage(picture, { format: 'webp', quality: 1, lossless: true });
      expect(await decodeImage(bytes)).toEqual(picture);
    }
  });

  it('keeps the colour of JPEG at full resolution', async () => {
    const bytes = await encodeImage(photo, { format: 'jpeg' });
    expect(await sharp(bytes).metadata()).toMatchObject({ chromaSubsampling: '4:4:4', space: 'srgb' });
  });

  it.each(['png', 'jpeg', 'webp'] as const)('writes no metadata into %s', async (format) => {
    const { exif, icc, xmp, iptc, orientation } = await sharp(
      await encodeImage(photo, { format }),
    ).metadata();
    expect([exif, icc, xmp, iptc, orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('lays transparency on white where the format has none', async () => {
    const decoded = await decodeImage(await encodeImage(glass, { format: 'jpeg' }));
    expect(decoded.channels).toBe(3);
    expect(Math.abs((decoded.data[0] as number) - 216)).toBeLessThanOrEqual(2);
  });

  it('makes smaller files at lower quality', async () => {
    const high = await encodeImage(photo, { format: 'jpeg' });
    const low = await encodeImage(photo, { format: 'jpeg', quality: 40 });
    expect(low.length).toBeLessThan(high.length / 2);
  });

  it('refuses a quality or a side outside the format', async () => {
    const strip: Raster = { width: 20_000, height: 1, channels: 3, data: new Uint8Array(60_000) };
    await expect(encodeImage(strip, { format: 'webp' })).rejects.toMatchObject({ code: 'image_too_large' });
    for (const quality of [0, 101, 2.5, Number.NaN]) {
      const attempt = encodeImage(photo, { format: 'jpeg', quality });
      await expect(attempt).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('takes the format from the name', () => {
    const names = ['a.png', 'b.JPG', '/x.y/c.jpeg', 'd.webp'];
    expect(names.map(outputFormatOf)).toEqual(['png', 'jpeg', 'jpeg', 'webp']);
    for (const name of ['a.gif', 'png', 'a.png.txt']) {
      expect(() => outputFormatOf(name)).toThrow(expect.objectContaining({ code: 'unsupported_media' }));
    }
  });
});
