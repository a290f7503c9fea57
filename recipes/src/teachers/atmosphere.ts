/** Time of day and weather: light and air, from luma, height in the picture and the sky. */
import { strengths } from '../edits.ts';
import {
  type Colour,
  clamp01,
  lumaOf,
  lumaPlane,
  mapColours,
  meanOf,
  mix,
  mixInto,
  read,
  scaleChannels,
  scaleSaturation,
  smoothstep,
} from './colour-map.ts';
import { blurPlane } from './gaussian.ts';
import type { Scene, Teacher } from './scene.ts';

/** Day for night: dark, blue and pale, the sky darkest; small lights stay lit. */
export const night: Teacher = (scene, { strength }) => {
  const s = strengths[strength];
  const lights = lightSources(scene);
  const height = scene.image.height;
  const dark: Colour = { r: 0, g: 0, b: 0 };
  return mapColours(scene.image, (colour, index) => {
    const above = read(scene.sky.data, index);
    const luma = clamp01(lumaOf(colour));
    const row = Math.floor(index / scene.image.width) / height;
    const pale = mix(0.62, 0.7, above);
    const power = 1.35 + 0.2 * s;
    const gain = mix(0.52, 0.25 + 0.2 * row, above);
    dark.r = gain * 0.74 * mix(colour.r, luma, pale) ** power;
    dark.g = gain * 0.88 * mix(colour.g, luma, pale) ** power + 0.008;
    dark.b = gain * 1.22 * mix(colour.b, luma, pale) ** (power - 0.2) + 0.03;
    const lit = read(lights, index) * (1 - above);
    scaleChannels(colour, { r: 1, g: 1 - 0.06 * s, b: 1 - 0.22 * s });
    mixInto(colour, dark, (1 - 0.85 * lit) * Math.min(1, 0.15 + 0.85 * s));
    if (s > 1) scaleChannels(colour, { r: 1 - 0.3 * (s - 1), g: 1 - 0.3 * (s - 1), b: 1 - 0.2 * (s - 1) });
  });
};

/** Small bright spots that stand out from their surroundings, outside the sky. */
function lightSources({ image }: Scene): Float32Array {
  const luma = lumaPlane(image);
  const short = Math.min(image.width, image.height);
  const layout = { width: image.width, height: image.height, channels: 1 };
  const around = blurPlane(luma, layout, short * 0.05);
  const lights = new Float32Array(luma.length);
  for (let index = 0; index < lights.length; index += 1) {
    const contrast = read(luma, index) - read(around, index);
    lights[index] = smoothstep(0.84, 0.97, read(luma, index)) * smoothstep(0.16, 0.4, contrast);
  }
  return blurPlane(lights, layout, Math.max(0.5, short * 0.006));
}

/** Low sun: amber light on what is bright, plum shadows, a sky that goes from orange at its foot to violet. */
export const sunset: Teacher = ({ image, sky }, { strength }) => {
  const s = strengths[strength];
  const foot = lowestSkyRow(sky.data, image.width);
  const glow: Colour = { r: 0, g: 0, b: 0 };
  return mapColours(image, (colour, index) => {
    const luma = clamp01(lumaOf(colour));
    const above = read(sky.data, index);
    const amber = smoothstep(0.05, 0.75, luma);
    scaleChannels(colour, {
      r: mix(1, mix(0.97, 1.12, amber), s),
      g: mix(1, mix(0.78, 0.8, amber), s),
      b: mix(1, mix(0.72, 0.5, amber), Math.min(1.25, s)),
    });
    glow.r = 0.02 + 1.16 * luma;
    glow.g = 0.8 * luma;
    glow.b = 0.44 * luma;
    mixInto(colour, glow, 0.3 * Math.min(1, s));
    duskColour(glow, clamp01(Math.floor(index / image.width) / foot), luma);
    mixInto(colour, glow, above * Math.min(0.92, 0.72 * s));
  });
};

/** Row under which hardly any sky lies, at least 1. */
export function lowestSkyRow(sky: Float32Array, width: number): number {
  let lowest = 0;
  for (let index = 0; index < sky.length; index += 1) {
    if (read(sky, index) > 0.5) lowest = index;
  }
  return Math.max(1, Math.floor(lowest / width));
}

function duskColour(glow: Colour, depth: number, luma: number): void {
  const low = smoothstep(0.1, 1, depth);
  const shine = 0.62 + 0.45 * luma;
  glow.r = mix(0.8, 1.06, low) * shine;
  glow.g = mix(0.43, 0.66, low) * shine;
  glow.b = mix(0.6, 0.36, low) * shine;
}

/** Light grey air that thickens with height in the picture, as a stand-in for distance. */
export const fog: Teacher = ({ image, sky }, { strength }) => {
  const s = strengths[strength];
  const mean = meanOf(lumaPlane(image));
  const level = Math.min(0.985, Math.max(0.8, mean + 0.06));
  const air: Colour = { r: level * 0.985, g: level, b: level * 1.012 };
  return mapColours(image, (colour, index) => {
    const row = Math.floor(index / image.width) / image.height;
    const distance = 0.5 + 0.95 * smoothstep(1, 0.15, row) + 0.5 * read(sky.data, index);
    scaleSaturation(colour, 1 - 0.3 * Math.min(1, s));
    mixInto(colour, air, 1 - Math.exp(-0.85 * s * distance));
  });
};
