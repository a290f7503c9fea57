import type { Raster } from '../image/raster.ts';
import type { Box } from './boxes.ts';

/** The part of a picture inside a box of whole pixels. */
export function cutOut(picture: Raster, [left, top, right, bottom]: Box): Raster {
  if (right - left === picture.width && bottom - top === picture.height) return picture;
  const { channels } = picture;
  const [width, height] = [right - left, bottom - top];
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * channels;
    data.set(picture.data.subarray(from, from + width * channels), y * width * channels);
  }
  return { width, height, channels, data };
}
