import sharp from 'sharp';

/** An RGB picture of bytes: `rgb.length` is `width * height * 3`. */
export interface DecodedPhoto {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/**
 * Decodes a photo upright (EXIF orientation applied), in sRGB, its longest side reduced to at most `longestSide`
 * pixels by a Lanczos filter; transparent parts become white.
 */
export async function decodePhoto(encoded: Buffer, longestSide: number): Promise<DecodedPhoto> {
  const { data, info } = await sharp(encoded)
    .rotate()
    .flatten({ background: '#ffffff' })
    .resize({
      width: longestSide,
      height: longestSide,
      fit: 'inside',
      withoutEnlargement: true,
      kernel: 'lanczos3',
    })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`expected 3 channels after decoding, came ${info.channels}`);
  return { width: info.width, height: info.height, rgb: data };
}

/** Below this mean chroma a picture counts as grey: scans keep a slight tint. */
const greyChroma = 4;

/**
 * True for pictures without colour.
 *
 * @param rgb interleaved bytes; chroma is the largest minus the smallest channel, in 0..255
 */
export function isGreyscale(rgb: Uint8Array): boolean {
  let sum = 0;
  for (let i = 0; i + 2 < rgb.length; i += 3) {
    const [r, g, b] = [rgb[i] as number, rgb[i + 1] as number, rgb[i + 2] as number];
    sum += Math.max(r, g, b) - Math.min(r, g, b);
  }
  return sum / (rgb.length / 3) < greyChroma;
}
