/** Styles made by hand: pencil and brush. */
import { strengths } from '../edits.ts';
import type { Pixels } from '../pixels.ts';
import { clamp01, lumaPlane, mapColours, mix, read, scaleSaturation } from './colour-map.ts';
import { blurPixels, blurPlane } from './gaussian.ts';
import type { Teacher } from './scene.ts';

/** Pencil on paper: grey dodged by its own blur leaves dark lines at edges; a light wash keeps the shading. */
export const sketch: Teacher = ({ image }, { strength }) => {
  const { width, height } = image;
  const s = strengths[strength];
  const short = Math.min(width, height);
  const layout = { width, height, channels: 1 };
  const grey = blurPlane(lumaPlane(image), layout, Math.max(0.45, short * 0.0025));
  const wide = blurPlane(grey, layout, Math.max(1.2, short * 0.016));
  return mapColours(image, (colour, index) => {
    const dodge = Math.min(1, (read(grey, index) + 0.08) / (read(wide, index) + 0.08));
    const line = dodge ** (1.9 + 1.3 * s);
    const wash = mix(1, 0.78 + 0.22 * read(wide, index), Math.min(1, 0.6 + 0.3 * s));
    const tone = 0.06 + 0.93 * line * wash;
    colour.r = tone;
    colour.g = tone * 0.995;
    colour.b = tone * 0.98;
  });
};

/**
 * Brush strokes: each pixel takes the mean colours of the four quadrants around it, the calmest counting most
 * (Kuwahara et al. 1976, with the soft weights of Papari et al. 2007), and colours become a little richer.
 */
export const painting: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  const short = Math.min(image.width, image.height);
  const radius = Math.max(1, Math.round(short * 0.016 * Math.sqrt(s)));
  const strokes = blurPixels(quadrantMeans(blurPixels(image, 0.5), radius), Math.max(0.5, short * 0.0035));
  return mapColours(strokes, (colour) => scaleSaturation(colour, 1 + 0.22 * s));
};

function quadrantMeans(image: Pixels, radius: number): Pixels {
  const sums = summedArea(image);
  const { width, height } = image;
  const data = new Float32Array(image.data.length);
  const total = new Float64Array(4);
  const quadrant = new Float64Array(5);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      total.fill(0);
      for (let corner = 0; corner < 4; corner += 1) {
        const left = Math.max(0, corner % 2 === 0 ? x - radius : x);
        const top = Math.max(0, corner < 2 ? y - radius : y);
        const right = Math.min(width, (corner % 2 === 0 ? x : x + radius) + 1);
        const bottom = Math.min(height, (corner < 2 ? y : y + radius) + 1);
        boxMean(sums, width, { left, top, right, bottom }, quadrant);
        addQuadrant(total, quadrant);
      }
      const at = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        data[at + channel] = clamp01((total[channel] as number) / (total[3] as number));
      }
    }
  }
  return { width, height, data };
}

function addQuadrant(total: Float64Array, quadrant: Float64Array): void {
  const luma = quadrant[3] as number;
  const variance = Math.max(0, (quadrant[4] as number) - luma * luma);
  const weight = 1 / (0.00002 + variance) ** 2;
  total[0] = (total[0] as number) + weight * (quadrant[0] as number);
  total[1] = (total[1] as number) + weight * (quadrant[1] as number);
  total[2] = (total[2] as number) + weight * (quadrant[2] as number);
  total[3] = (total[3] as number) + weight;
}

/** Summed-area table of r, g, b, luma, luma²: [height + 1, width + 1, 5], first row and column zero. */
function summedArea(image: Pixels): Float64Array {
  const { width, height } = image;
  const luma = lumaPlane(image);
  const sums = new Float64Array((width + 1) * (height + 1) * 5);
  const row = new Float64Array(5);
  for (let y = 0; y < height; y += 1) {
    row.fill(0);
    for (let x = 0; x < width; x += 1) {
      const index = y * width + x;
      const grey = read(luma, index);
      const at = ((y + 1) * (width + 1) + x + 1) * 5;
      for (let field = 0; field < 5; field += 1) {
        const value = field < 3 ? read(image.data, index * 3 + field) : field === 3 ? grey : grey * grey;
        row[field] = (row[field] as number) + value;
        sums[at + field] = (row[field] as number) + (sums[at - (width + 1) * 5 + field] as number);
      }
    }
  }
  return sums;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function boxMean(sums: Float64Array, width: number, box: Box, mean: Float64Array): void {
  const stride = (width + 1) * 5;
  const topLeft = box.top * stride + box.left * 5;
  const topRight = box.top * stride + box.right * 5;
  const bottomLeft = box.bottom * stride + box.left * 5;
  const bottomRight = box.bottom * stride + box.right * 5;
  const scale = 1 / ((box.right - box.left) * (box.bottom - box.top));
  for (let field = 0; field < 5; field += 1) {
    const inside =
      (sums[bottomRight + field] as number) -
      (sums[topRight + field] as number) -
      (sums[bottomLeft + field] as number) +
      (sums[topLeft + field] as number);
    mean[field] = inside * scale;
  }
}
