/** Drawn landscapes with known sky, meadow and object: test material that needs no photo store. */
import { type ObjectId, objectIds } from '../edits.ts';
import type { Mask, Pixels } from '../pixels.ts';
import { clamp01, mix, smoothstep } from './colour-map.ts';
import type { Scene } from './scene.ts';
import { skyMask } from './sky.ts';

interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

interface Land {
  /** Height of the horizon as a share of the picture. */
  readonly horizon: number;
  readonly skyTop: Rgb;
  readonly skyFoot: Rgb;
  readonly soil: Rgb;
  readonly leaves: Rgb;
  /** Brightness of the light, about 1. */
  readonly light: number;
}

/**
 * A landscape of sky, rough soil, bushes and one disc with a soft edge.
 * @param size width and height in pixels
 * @param random uniform numbers in [0, 1), the only source of variety
 */
export function drawScene(size: number, random: () => number): Scene {
  const land = drawLand(random);
  const background = paintLand(size, land, random);
  const mask = drawDisc(size, random);
  const image = pasteDisc(background, mask, tint(random));
  const id = objectIds[Math.floor(random() * objectIds.length)] as ObjectId;
  return { image, sky: skyMask(image), object: { id, mask, background } };
}

function tint(random: () => number): Rgb {
  return { r: 0.15 + 0.75 * random(), g: 0.15 + 0.75 * random(), b: 0.15 + 0.75 * random() };
}

function drawLand(random: () => number): Land {
  const blue = random();
  return {
    horizon: 0.3 + 0.3 * random(),
    skyTop: { r: mix(0.75, 0.2, blue), g: mix(0.78, 0.42, blue), b: mix(0.82, 0.8, blue) },
    skyFoot: { r: mix(0.85, 0.6, blue), g: mix(0.87, 0.75, blue), b: mix(0.88, 0.92, blue) },
    soil: { r: 0.4 + 0.2 * random(), g: 0.34 + 0.14 * random(), b: 0.22 + 0.14 * random() },
    leaves: { r: 0.15 + 0.2 * random(), g: 0.38 + 0.2 * random(), b: 0.08 + 0.12 * random() },
    light: 0.75 + 0.4 * random(),
  };
}

function paintLand(size: number, land: Land, random: () => number): Pixels {
  const data = new Float32Array(size * size * 3);
  const phase = random() * 6;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const ridge = land.horizon + 0.04 * Math.sin(phase + (x / size) * 9);
      const depth = y / size / ridge;
      const bushes = smoothstep(
        0.1,
        0.4,
        Math.sin(phase + (x / size) * 14) * Math.sin((y / size) * 11 + phase),
      );
      const rough = 0.65 + 0.7 * random();
      const at = (y * size + x) * 3;
      for (const [offset, channel] of (['r', 'g', 'b'] as const).entries()) {
        const ground = mix(land.soil[channel], land.leaves[channel], bushes) * rough;
        const value =
          depth < 1 ? mix(land.skyTop[channel], land.skyFoot[channel], depth) : ground * land.light;
        data[at + offset] = clamp01(value);
      }
    }
  }
  return { width: size, height: size, data };
}

function drawDisc(size: number, random: () => number): Mask {
  const radius = size * (0.1 + 0.12 * random());
  const centreX = size * (0.3 + 0.4 * random());
  const centreY = size * (0.6 + 0.2 * random());
  const data = new Float32Array(size * size);
  for (let index = 0; index < data.length; index += 1) {
    const distance = Math.hypot((index % size) - centreX, Math.floor(index / size) - centreY);
    data[index] = clamp01(radius - distance + 0.5);
  }
  return { width: size, height: size, data };
}

function pasteDisc(background: Pixels, mask: Mask, colour: Rgb): Pixels {
  const data = background.data.slice();
  const size = background.width;
  for (let index = 0; index < mask.data.length; index += 1) {
    const alpha = mask.data[index] as number;
    const shade = 0.7 + 0.5 * (1 - Math.floor(index / size) / size);
    for (const [offset, channel] of (['r', 'g', 'b'] as const).entries()) {
      const at = index * 3 + offset;
      data[at] = mix(background.data[at] as number, clamp01(colour[channel] * shade), alpha);
    }
  }
  return { width: size, height: background.height, data };
}
