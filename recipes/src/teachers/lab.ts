import type { Pixels } from '../pixels.ts';
import { clamp01, read } from './colour-map.ts';

/** One CIELAB colour (D65, 2°): L* in [0, 100], a* and b* about ±110. */
export interface LabColour {
  l: number;
  a: number;
  b: number;
}

const white = { x: 0.95047, y: 1, z: 1.08883 };
const cubeLimit = 216 / 24389;
const lineSlope = 24389 / 27;

const tableSize = 4096;
const linearTable: Float32Array = Float32Array.from({ length: tableSize + 2 }, (_, index) =>
  decode(index / tableSize),
);

function decode(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}

function encode(linear: number): number {
  const value = clamp01(linear);
  return value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
}

/** Linear light of an sRGB-encoded value in [0, 1] (IEC 61966-2-1), by a table with linear interpolation. */
export function linearLight(encoded: number): number {
  const position = clamp01(encoded) * tableSize;
  const index = Math.floor(position);
  const low = read(linearTable, index);
  return low + (read(linearTable, index + 1) - low) * (position - index);
}

function cubeRoot(ratio: number): number {
  return ratio > cubeLimit ? Math.cbrt(ratio) : (lineSlope * ratio + 16) / 116;
}

function cube(root: number): number {
  const value = root * root * root;
  return value > cubeLimit ? value : (116 * root - 16) / lineSlope;
}

/** CIELAB of an image, interleaved L*, a*, b*, length `width * height * 3`. */
export function labOf(image: Pixels): Float32Array {
  const source = image.data;
  const lab = new Float32Array(source.length);
  for (let at = 0; at < lab.length; at += 3) {
    const r = linearLight(read(source, at));
    const g = linearLight(read(source, at + 1));
    const b = linearLight(read(source, at + 2));
    const fx = cubeRoot((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / white.x);
    const fy = cubeRoot(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
    const fz = cubeRoot((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / white.z);
    lab[at] = 116 * fy - 16;
    lab[at + 1] = 500 * (fx - fy);
    lab[at + 2] = 200 * (fy - fz);
  }
  return lab;
}

/**
 * Changes the CIELAB colour of the pixels whose weight is above 0 in a copy; colours outside sRGB are clipped.
 * @param weights one value per pixel: pixels of weight 0 or less keep their value bit for bit.
 */
export function mapLab(
  image: Pixels,
  weights: Float32Array,
  map: (colour: LabColour, weight: number, index: number) => void,
): Pixels {
  const lab = labOf(image);
  const data = image.data.slice();
  const colour: LabColour = { l: 0, a: 0, b: 0 };
  for (let index = 0; index < weights.length; index += 1) {
    const weight = read(weights, index);
    if (weight <= 0) continue;
    const at = index * 3;
    colour.l = read(lab, at);
    colour.a = read(lab, at + 1);
    colour.b = read(lab, at + 2);
    map(colour, weight, index);
    writeLab(data, at, colour);
  }
  return { width: image.width, height: image.height, data };
}

function writeLab(data: Float32Array, at: number, colour: LabColour): void {
  const fy = (colour.l + 16) / 116;
  const x = white.x * cube(fy + colour.a / 500);
  const y = cube(fy);
  const z = white.z * cube(fy - colour.b / 200);
  data[at] = encode(3.2404542 * x - 1.5371385 * y - 0.4985314 * z);
  data[at + 1] = encode(-0.969266 * x + 1.8760108 * y + 0.041556 * z);
  data[at + 2] = encode(0.0556434 * x - 0.2040259 * y + 1.0572252 * z);
}

/** Hue angle in degrees, [0, 360). */
export function hueOf(a: number, b: number): number {
  const degrees = (Math.atan2(b, a) * 180) / Math.PI;
  return degrees < 0 ? degrees + 360 : degrees;
}

/** Unsigned distance of two hue angles in degrees, [0, 180]. */
export function hueDistance(first: number, second: number): number {
  const distance = Math.abs(first - second) % 360;
  return distance > 180 ? 360 - distance : distance;
}
