/** Teachers that repaint the sky and leave everything else; without a sky the picture stays as it is. */
import { strengths } from '../edits.ts';
import type { Mask } from '../pixels.ts';
import { lowestSkyRow } from './atmosphere.ts';
import { clamp01, copyPixels, mix, read, smoothstep } from './colour-map.ts';
import { blurPlane } from './gaussian.ts';
import { labOf, mapLab } from './lab.ts';
import type { Scene, Teacher } from './scene.ts';
import { hasSky } from './sky.ts';

interface Paint {
  readonly l: number;
  readonly a: number;
  readonly b: number;
}

/** Pink at the horizon, mauve overhead; clouds keep their light. */
export const skyPink: Teacher = (scene, { strength }) =>
  paintSky(scene, { foot: { l: 82, a: 30, b: 6 }, head: { l: 68, a: 34, b: -16 } }, strengths[strength]);

/** Golden orange at the horizon, deeper orange overhead. */
export const skyOrange: Teacher = (scene, { strength }) =>
  paintSky(scene, { foot: { l: 84, a: 18, b: 52 }, head: { l: 67, a: 33, b: 46 } }, strengths[strength]);

/** Storm light: the sky darker towards its top, its clouds in strong relief, its colour near slate. */
export const skyDramatic: Teacher = (scene, { strength }) => {
  if (!hasSky(scene.sky)) return copyPixels(scene.image);
  const s = strengths[strength];
  const { width, height } = scene.image;
  const lightness = lightnessOf(labOf(scene.image));
  const around = blurInside(lightness, scene.sky, Math.min(width, height) * 0.08);
  const foot = lowestSkyRow(scene.sky.data, width);
  return mapLab(scene.image, scene.sky.data, (colour, weight, index) => {
    const overhead = 1 - clamp01(Math.floor(index / width) / foot);
    const relief = (1 + 1.1 * s) * (colour.l - read(around, index));
    const base = read(around, index) - s * (15 + 20 * smoothstep(0, 1, overhead));
    colour.l = mix(colour.l, Math.min(97, Math.max(6, base + relief)), weight);
    colour.a = mix(colour.a, colour.a * 0.55, weight * Math.min(1, s));
    colour.b = mix(colour.b, colour.b * 0.55 - 3, weight * Math.min(1, s));
  });
};

function paintSky(scene: Scene, paint: { foot: Paint; head: Paint }, amount: number): ReturnType<Teacher> {
  if (!hasSky(scene.sky)) return copyPixels(scene.image);
  const width = scene.image.width;
  const foot = lowestSkyRow(scene.sky.data, width);
  const cover = Math.min(1, 0.9 * amount);
  const vivid = Math.max(1, amount);
  const mean = meanSkyLightness(scene);
  return mapLab(scene.image, scene.sky.data, (colour, weight, index) => {
    const low = smoothstep(0, 1, Math.floor(index / width) / foot);
    const share = weight * cover;
    const relief = colour.l - mean;
    colour.l = mix(colour.l, Math.min(96, mix(paint.head.l, paint.foot.l, low) + relief * 0.8), share * 0.8);
    colour.a = mix(colour.a, mix(paint.head.a, paint.foot.a, low) * vivid, share);
    colour.b = mix(colour.b, mix(paint.head.b, paint.foot.b, low) * vivid, share);
  });
}

/** Blur that mixes only values inside the mask, so that a dark ground casts no halo on the sky. */
function blurInside(plane: Float32Array, mask: Mask, sigma: number): Float32Array {
  const layout = { width: mask.width, height: mask.height, channels: 1 };
  const weighted = plane.map((value, index) => value * read(mask.data, index));
  const sums = blurPlane(weighted, layout, sigma);
  const weights = blurPlane(mask.data, layout, sigma);
  return sums.map((sum, index) =>
    read(weights, index) > 1e-3 ? sum / read(weights, index) : read(plane, index),
  );
}

function lightnessOf(lab: Float32Array): Float32Array {
  const lightness = new Float32Array(lab.length / 3);
  for (let index = 0; index < lightness.length; index += 1) lightness[index] = read(lab, index * 3);
  return lightness;
}

function meanSkyLightness(scene: Scene): number {
  const lightness = lightnessOf(labOf(scene.image));
  let sum = 0;
  let weights = 0;
  for (let index = 0; index < lightness.length; index += 1) {
    sum += read(scene.sky.data, index) * read(lightness, index);
    weights += read(scene.sky.data, index);
  }
  return sum / Math.max(1e-6, weights);
}
