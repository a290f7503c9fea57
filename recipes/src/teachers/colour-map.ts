import type { Mask, Pixels } from '../pixels.ts';

/** One sRGB colour; a colour map changes it in place. */
export interface Colour {
  r: number;
  g: number;
  b: number;
}

/** Changes the colour of pixel `index`; the map keeps one object and reuses it for every pixel. */
export type ColourMap = (colour: Colour, index: number) => void;

/** Applies a colour map to every pixel of a copy; what goes in and what comes out is clamped to [0, 1]. */
export function mapColours(image: Pixels, map: ColourMap): Pixels {
  const source = image.data;
  const data = new Float32Array(source.length);
  const colour: Colour = { r: 0, g: 0, b: 0 };
  for (let index = 0, at = 0; at < data.length; index += 1, at += 3) {
    colour.r = clamp01(source[at] as number);
    colour.g = clamp01(source[at + 1] as number);
    colour.b = clamp01(source[at + 2] as number);
    map(colour, index);
    data[at] = clamp01(colour.r);
    data[at + 1] = clamp01(colour.g);
    data[at + 2] = clamp01(colour.b);
  }
  return { width: image.width, height: image.height, data };
}

/** Luma of an encoded colour (Rec. 709 weights), in [0, 1]. */
export function lumaOf(colour: Readonly<Colour>): number {
  return 0.2126 * colour.r + 0.7152 * colour.g + 0.0722 * colour.b;
}

/** Luma plane of an image, row-major, length `width * height`. */
export function lumaPlane(image: Pixels): Float32Array {
  const luma = new Float32Array(image.width * image.height);
  for (let index = 0, at = 0; index < luma.length; index += 1, at += 3) {
    luma[index] =
      0.2126 * read(image.data, at) + 0.7152 * read(image.data, at + 1) + 0.0722 * read(image.data, at + 2);
  }
  return luma;
}

/** Moves a colour away from (factor > 1) or towards (factor < 1) its own grey. */
export function scaleSaturation(colour: Colour, factor: number): void {
  const grey = lumaOf(colour);
  colour.r = grey + (colour.r - grey) * factor;
  colour.g = grey + (colour.g - grey) * factor;
  colour.b = grey + (colour.b - grey) * factor;
}

/** Moves a colour towards a target by `weight` in [0, 1]. */
export function mixInto(colour: Colour, target: Readonly<Colour>, weight: number): void {
  colour.r += (target.r - colour.r) * weight;
  colour.g += (target.g - colour.g) * weight;
  colour.b += (target.b - colour.b) * weight;
}

/** Multiplies the channels. */
export function scaleChannels(colour: Colour, gains: Readonly<Colour>): void {
  colour.r *= gains.r;
  colour.g *= gains.g;
  colour.b *= gains.b;
}

/** Mean of a plane; 0 for an empty one. */
export function meanOf(plane: Float32Array): number {
  let sum = 0;
  for (const value of plane) sum += value;
  return plane.length === 0 ? 0 : sum / plane.length;
}

/** A copy that shares no memory with the original. */
export function copyPixels(image: Pixels): Pixels {
  return { width: image.width, height: image.height, data: image.data.slice() };
}

/** An all-zero mask of the image's size. */
export function emptyMask(image: Pixels): Mask {
  return { width: image.width, height: image.height, data: new Float32Array(image.width * image.height) };
}

/** Element of a typed array whose index is known to be inside. */
export function read(data: Float32Array, index: number): number {
  return data[index] as number;
}

export function clamp01(value: number): number {
  return value < 0 ? 0 : Math.min(value, 1);
}

export function mix(from: number, to: number, weight: number): number {
  return from + (to - from) * weight;
}

/** Hermite step from 0 at `low` to 1 at `high`; `low` may lie above `high` for a falling step. */
export function smoothstep(low: number, high: number, value: number): number {
  const t = clamp01((value - low) / (high - low));
  return t * t * (3 - 2 * t);
}
