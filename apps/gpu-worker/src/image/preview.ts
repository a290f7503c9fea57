import sharp from 'sharp';
import { fromTensor, type Size } from './resize.ts';

/** Size and type of a preview. */
export interface PreviewOptions {
  /** The longer side in pixels, default 256; a smaller picture is not enlarged. */
  readonly longSide?: number;
  readonly format?: 'webp' | 'jpeg';
  /** 1 to 100, default 60. */
  readonly quality?: number;
}

/** A small picture of an unfinished edit for progress events, from a decoded tensor [1, 3, height, width] in [-1, 1]. */
export async function encodePreview(
  tensor: Float32Array,
  size: Size,
  { longSide = 256, format = 'webp', quality = 60 }: PreviewOptions = {},
): Promise<Uint8Array> {
  const { width, height, channels, data } = fromTensor(tensor, size);
  return sharp(data, { raw: { width, height, channels } })
    .resize(longSide, longSide, { fit: 'inside', withoutEnlargement: true })
    .toFormat(format, { quality })
    .toBuffer();
}
