/** Seasons by what plants do: leaves turn in autumn, come fresh in spring, and carry snow in winter. */
import { strengths } from '../edits.ts';
import {
  type Colour,
  clamp01,
  lumaOf,
  lumaPlane,
  mapColours,
  mix,
  mixInto,
  read,
  scaleChannels,
  scaleSaturation,
  smoothstep,
} from './colour-map.ts';
import { blurPlane } from './gaussian.ts';
import { hueOf, labOf, mapLab } from './lab.ts';
import type { Teacher } from './scene.ts';
import { leafiness, leafWeights, plantness } from './vegetation.ts';

const radian = Math.PI / 180;

/** Green leaves turn gold where they are light and rust red where they are dark; the light becomes a little warmer. */
export const autumn: Teacher = ({ image }, { strength }) => {
  const amount = Math.min(1, 0.25 + 0.75 * strengths[strength]);
  const depth = strengths[strength];
  const lit = mapColours(image, (colour) =>
    scaleChannels(colour, { r: 1 + 0.03 * depth, g: 1, b: 1 - 0.06 * depth }),
  );
  return mapLab(lit, leafWeights(labOf(image), leafiness), (colour, weight) => {
    const chroma = Math.hypot(colour.a, colour.b);
    const hue = (42 + 27 * smoothstep(15, 66, colour.l)) * radian;
    const share = Math.min(1, 2.5 * weight) * amount;
    const vivid = chroma * (1.05 + 0.12 * depth) + 7 * depth;
    colour.a = mix(colour.a, vivid * Math.cos(hue), share);
    colour.b = mix(colour.b, vivid * Math.sin(hue), share);
    colour.l += 3 * weight * depth;
  });
};

/** Plants turn fresh green and the whole picture a little brighter and clearer. */
export const spring: Teacher = ({ image }, { strength }) => {
  const s = strengths[strength];
  const lit = mapColours(image, (colour) => {
    scaleSaturation(colour, 1 + 0.12 * s);
    const power = 1 + 0.16 * s;
    colour.r = 1 - (1 - clamp01(colour.r)) ** power;
    colour.g = 1 - (1 - clamp01(colour.g)) ** power;
    colour.b = 1 - (1 - clamp01(colour.b)) ** power;
  });
  return mapLab(lit, leafWeights(labOf(image), plantness), (colour, weight) => {
    const chroma = Math.hypot(colour.a, colour.b);
    const turn = Math.min(1, 0.75 * s) * weight;
    const hue = mix(hueOf(colour.a, colour.b), 121, turn) * radian;
    const vivid = chroma * (1 + 0.3 * s * weight) + 5 * s * weight;
    colour.a = vivid * Math.cos(hue);
    colour.b = vivid * Math.sin(hue);
    colour.l += 4 * s * weight * smoothstep(98, 80, colour.l);
  });
};

/** Winter light, and snow on the ground, on leaves and on whatever is lighter than its surroundings. */
export const snow: Teacher = ({ image, sky }, { strength }) => {
  const s = strengths[strength];
  const weights = snowCover(
    image.width,
    image.height,
    lumaPlane(image),
    leafWeights(labOf(image), plantness),
  );
  const white: Colour = { r: 0, g: 0, b: 0 };
  const overcast: Colour = { r: 0.83, g: 0.86, b: 0.9 };
  return mapColours(image, (colour, index) => {
    const luma = clamp01(lumaOf(colour));
    const above = read(sky.data, index);
    scaleSaturation(colour, 1 - 0.7 * Math.min(1.2, s));
    const lift = 1 + 0.4 * s;
    colour.r = 1 - (1 - clamp01(colour.r)) ** lift;
    colour.g = 1 - (1 - clamp01(colour.g)) ** lift;
    colour.b = 1 - (1 - clamp01(colour.b)) ** lift;
    scaleChannels(colour, { r: 1 - 0.03 * s, g: 1 - 0.008 * s, b: 1 + 0.02 * s });
    mixInto(colour, overcast, above * Math.min(0.8, 0.5 * s));
    const shine = 0.8 + 0.2 * smoothstep(0.05, 0.6, luma);
    white.r = 0.95 * shine;
    white.g = 0.972 * shine;
    white.b = Math.min(1, 1.01 * shine + 0.02);
    mixInto(colour, white, read(weights, index) * (1 - above) * Math.min(1, 0.92 * s));
  });
};

function snowCover(width: number, height: number, luma: Float32Array, leaves: Float32Array): Float32Array {
  const layout = { width, height, channels: 1 };
  const short = Math.min(width, height);
  const near = blurPlane(luma, layout, Math.max(0.6, short * 0.006));
  const around = blurPlane(luma, layout, short * 0.06);
  const cover = new Float32Array(luma.length);
  for (let index = 0; index < cover.length; index += 1) {
    const ground = smoothstep(0.5, 1, Math.floor(index / width) / height);
    const relief = read(near, index) - read(around, index);
    const lighter = smoothstep(-0.1, 0.12, relief);
    const base = 0.2 + 0.4 * ground + 0.5 * read(leaves, index);
    cover[index] = clamp01(base * (0.42 + 0.85 * lighter) * smoothstep(0.04, 0.3, read(near, index)));
  }
  return blurPlane(cover, layout, Math.max(0.5, short * 0.004));
}
