import sharp from 'sharp';
import type { Size } from './resize.ts';

/** One byte a pixel as an 8-bit grey PNG. @throws TypeError where sides and length disagree */
export async function encodeGrey(size: Size, data: Uint8Array): Promise<Uint8Array> {
  const { width, height } = size;
  if (data.length !== width * height) {
    throw new TypeError(`grey: expected ${width * height} bytes for ${width}×${height}, got ${data.length}`);
  }
  const pixels = sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false });
  // Such pictures are flat, and whoever asked is waiting: a light effort packs them nearly as small.
  return pixels.toColourspace('b-w').png({ compressionLevel: 3 }).toBuffer();
}
