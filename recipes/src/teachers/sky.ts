import type { Mask, Pixels } from '../pixels.ts';
import { clamp01, emptyMask, lumaPlane, read, smoothstep } from './colour-map.ts';
import { blurMask, blurPlane } from './gaussian.ts';

/** Smallest share of the picture that counts as a sky. */
const leastSky = 0.08;
/** A region along less than this share of the top edge is a window or a wall, not a sky. */
const leastTop = 0.4;
/** A region of sky colour that also reaches this share of the bottom row is a backdrop, not a sky. */
const mostBottom = 0.2;

/**
 * Weight of the sky per pixel: smooth, sky-coloured regions connected to the top edge, with a soft border.
 * All zero where that is less than 8 % of the picture or where the region reaches the bottom
 * like a studio backdrop, unless it is clearly blue.
 */
export function skyMask(image: Pixels): Mask {
  const colours = skyColours(image);
  const sky = growFromTop(smoothParts(image, colours), image.width, image.height);
  if ((isBackdrop(sky) && !isBlue(sky, image)) || isSpot(sky) || coverage(sky) < leastSky)
    return emptyMask(image);
  growIntoEdges(sky, colours);
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

/** How much the colour of each pixel may be sky. */
function skyColours(image: Pixels): Float32Array {
  const colours = new Float32Array(image.width * image.height);
  for (let index = 0; index < colours.length; index += 1) {
    const at = index * 3;
    colours[index] = skyColour(read(image.data, at), read(image.data, at + 1), read(image.data, at + 2));
  }
  return colours;
}

/** Sky colours, less where there is texture nearby. */
function smoothParts(image: Pixels, colours: Float32Array): Float32Array {
  const texture = textureOf(lumaPlane(image), image.width, image.height);
  return colours.map((colour, index) => colour * (1 - smoothstep(0.018, 0.05, read(texture, index))));
}

/** How much a colour may be sky: blue, bright and nearly grey (cloud), or bright and warm (dusk). */
function skyColour(r: number, g: number, b: number): number {
  const brightest = Math.max(r, g, b);
  const spread = brightest - Math.min(r, g, b);
  const blue = smoothstep(0.02, 0.1, b - r) * smoothstep(-0.06, 0.02, b - g) * smoothstep(0.22, 0.4, b);
  const cloud = smoothstep(0.66, 0.8, brightest) * (1 - smoothstep(0.1, 0.2, spread));
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
    for (const neighbour of neighboursOf(queue[head] as number, width, height)) visit(neighbour);
  }
  return { width, height, data: sky };
}

/**
 * Takes in what the texture test kept back: pixels of sky colour within 3 % of the short side from the sky, as between
 * branches, along roofs and at the borders of clouds. Changes the mask in place.
 */
function growIntoEdges(sky: Mask, colours: Float32Array): void {
  const { width, height, data } = sky;
  const steps = Math.max(2, Math.round(Math.min(width, height) * 0.03));
  let front = borderOf(sky);
  for (let step = 0; step < steps && front.length > 0; step += 1) {
    const next: number[] = [];
    for (const index of front) {
      for (const neighbour of neighboursOf(index, width, height)) {
        if (read(data, neighbour) > 0 || read(colours, neighbour) < 0.15) continue;
        data[neighbour] = smoothstep(0.15, 0.6, read(colours, neighbour));
        if (read(data, neighbour) > 0.5) next.push(neighbour);
      }
    }
    front = next;
  }
}

function borderOf(sky: Mask): number[] {
  const { width, height, data } = sky;
  const border: number[] = [];
  for (let index = 0; index < data.length; index += 1) {
    if (read(data, index) === 0) continue;
    if (neighboursOf(index, width, height).some((neighbour) => read(data, neighbour) === 0))
      border.push(index);
  }
  return border;
}

function neighboursOf(index: number, width: number, height: number): number[] {
  const x = index % width;
  const neighbours: number[] = [];
  if (x > 0) neighbours.push(index - 1);
  if (x + 1 < width) neighbours.push(index + 1);
  if (index >= width) neighbours.push(index - width);
  if (index + width < width * height) neighbours.push(index + width);
  return neighbours;
}

function isSpot(sky: Mask): boolean {
  let reached = 0;
  for (let x = 0; x < sky.width; x += 1) reached += read(sky.data, x);
  return reached < leastTop * sky.width;
}

/** A region whose mean is a clear blue is a sky even where it reaches the bottom: a tower seen from below. */
function isBlue(sky: Mask, image: Pixels): boolean {
  let overRed = 0;
  let overGreen = 0;
  let count = 0;
  for (let index = 0; index < sky.data.length; index += 1) {
    if (read(sky.data, index) === 0) continue;
    const blue = read(image.data, index * 3 + 2);
    overRed += blue - read(image.data, index * 3);
    overGreen += blue - read(image.data, index * 3 + 1);
    count += 1;
  }
  return overRed > 0.15 * count && overGreen > 0.08 * count;
}

function isBackdrop(sky: Mask): boolean {
  const row = Math.floor(sky.height * 0.97) * sky.width;
  let reached = 0;
  for (let x = 0; x < sky.width; x += 1) reached += read(sky.data, row + x);
  return reached > mostBottom * sky.width;
}
