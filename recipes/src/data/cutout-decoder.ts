import sharp, { type Sharp } from 'sharp';

/** An RGBA picture of bytes with straight alpha: `rgba.length` is `width * height * 4`. */
export interface DecodedCutout {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8Array;
}

/** A rectangle in pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Smallest rectangle that holds every pixel with alpha of at least `threshold` (1..255).
 *
 * @returns undefined when no pixel is that opaque
 */
export function alphaBox(picture: DecodedCutout, threshold: number): Box | undefined {
  let [left, top, right, bottom] = [picture.width, picture.height, -1, -1];
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1) {
      if ((picture.rgba[(y * picture.width + x) * 4 + 3] as number) < threshold) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return undefined;
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

const visibleAlpha = 8;

/**
 * Decodes a picture with transparency (WebP, PNG, SVG), trims it to its alpha box and reduces its longest side to at
 * most `longestSide` pixels. SVG is drawn large first, so that edges come out smooth.
 *
 * @throws Error when nothing in it is visible.
 */
export async function decodeCutout(encoded: Buffer, longestSide: number): Promise<DecodedCutout> {
  const whole = await rawRgba(sharp(encoded));
  const box = alphaBox(whole, visibleAlpha);
  if (!box) throw new Error('expected a picture with visible pixels, came a transparent one');
  const { width, height } = whole;
  return rawRgba(
    sharp(whole.rgba, { raw: { width, height, channels: 4 } })
      .extract(box)
      .resize({
        width: longestSide,
        height: longestSide,
        fit: 'inside',
        withoutEnlargement: true,
        kernel: 'lanczos3',
      }),
  );
}

/** Share of fully transparent pixels: a picture that isn't cut out has none. */
export function transparentShare(rgba: Uint8Array): number {
  let count = 0;
  for (let i = 3; i < rgba.length; i += 4) if (rgba[i] === 0) count += 1;
  return count / (rgba.length / 4);
}

async function rawRgba(image: Sharp): Promise<DecodedCutout> {
  const { data, info } = await image
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 4) throw new Error(`expected 4 channels after decoding, came ${info.channels}`);
  return { width: info.width, height: info.height, rgba: data };
}
