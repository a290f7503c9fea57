import type { Mask, Pixels } from '../pixels.ts';
import { clamp01, emptyMask, lumaPlane, read, smoothstep } from './colour-map.ts';
import { blurMask, blurPlane } from './gaussian.ts';

/** Smallest share of the picture that counts as a sky. */
const leastSky = 0.08;
/** A region of sky colour that also reaches this share of the bottom row is a backdrop, not a sky. */
const mostBottom = 0.2;

/**
 * Weight of the sky per pixel: smooth, sky-coloured regions connected to the top edge, with a soft border.
 * All zero where that is less than 8 % of the picture or where the region reaches the bottom like a studio backdrop.
 */
export function skyMask(image: Pixels): Mask {
  const likely = likelihood(image);
  const sky = growFromTop(likely, image.width, image.height);
  if (isBackdrop(sky) || coverage(sky) < leastSky) return emptyMask(image);
  const soft = blurMask(sky, Math.max(0.6, Math.min(image.width, image.height) * 0.006));
  for (let index = 0; index < soft.data.length; index += 1) {
    soft.data[index] = clamp01(read(soft.data, index) * 1.1 - 0.05);
  }
  return soft;
}

/** Whether the mask covers at least 8 % of the picture. */
export function hasSky(mask: Mask): boolean {
  return coverage(mask) >= leastSky;
}

/** Mean weight of a mask, in [0, 1]. */
export function coverage(mask: Mask): number {
  let sum = 0;
  for (const weight of mask.data) sum += weight;
  return sum / Math.max(1, mask.data.length);
}

function likelihood(image: Pixels): Float32Array {
  const { width, height } = image;
  const texture = textureOf(lumaPlane(image), width, height);
  const likely = new Float32Array(width * height);
  for (let index = 0; index < likely.length; index += 1) {
    const at = index * 3;
    const colour = skyColour(read(image.data, at), read(image.data, at + 1), read(image.data, at + 2));
    likely[index] = colour * (1 - smoothstep(0.018, 0.05, read(texture, index)));
  }
  return likely;
}

/** How much a colour may be sky: blue, bright and nearly grey (cloud), or bright and warm (dusk). */
function skyColour(r: number, g: number, b: number): number {
  const brightest = Math.max(r, g, b);
  const spread = brightest - Math.min(r, g, b);
  const blue = smoothstep(0.02, 0.1, b - r) * smoothstep(-0.06, 0.02, b - g) * smoothstep(0.22, 0.4, b);
  const cloud = smoothstep(0.6, 0.76, brightest) * (1 - smoothstep(0.1, 0.2, spread));
  const dusk =
    smoothstep(0.72, 0.85, r) *
    smoothstep(0.4, 0.55, g) *
    smoothstep(0, 0.05, g - b) *
    smoothstep(-0.02, 0.06, r - g);
  return Math.max(blue, cloud, 0.8 * dusk);
}

/** Mean absolute luma gradient in a small neighbourhood. */
function textureOf(luma: Float32Array, width: number, height: number): Float32Array {
  const gradient = new Float32Array(luma.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const index = y * width + x;
      const right = read(luma, x + 1 < width ? index + 1 : index);
      const below = read(luma, y + 1 < height ? index + width : index);
      gradient[index] = Math.abs(right - read(luma, index)) + Math.abs(below - read(luma, index));
    }
  }
  return blurPlane(gradient, { width, height, channels: 1 }, Math.max(0.8, Math.min(width, height) * 0.008));
}

/** Flood fill of likely pixels from the top row. */
function growFromTop(likely: Float32Array, width: number, height: number): Mask {
  const sky = new Float32Array(likely.length);
  const queue = new Int32Array(likely.length);
  let tail = 0;
  const visit = (index: number): void => {
    if (read(sky, index) > 0 || read(likely, index) < 0.4) return;
    sky[index] = 1;
    queue[tail] = index;
    tail += 1;
  };
  for (let x = 0; x < width; x += 1) visit(x);
  for (let head = 0; head < tail; head += 1) {
    const index = queue[head] as number;
    const x = index % width;
    if (x > 0) visit(index - 1);
    if (x + 1 < width) visit(index + 1);
    if (index >= width) visit(index - width);
    if (index + width < likely.length) visit(index + width);
  }
  return { width, height, data: sky };
}

function isBackdrop(sky: Mask): boolean {
  const row = Math.floor(sky.height * 0.97) * sky.width;
  let reached = 0;
  for (let x = 0; x < sky.width; x += 1) reached += read(sky.data, row + x);
  return reached > mostBottom * sky.width;
}
