import { clamp01, smoothstep } from './colour-map.ts';
import { hueOf } from './lab.ts';

/** How much a CIELAB colour looks like leaves or grass, in [0, 1]: hue from yellow-green to cyan-green, not grey. */
export function leafiness(a: number, b: number): number {
  const hue = hueOf(a, b);
  const inside = smoothstep(92, 106, hue) * (1 - smoothstep(158, 176, hue));
  return inside * smoothstep(6, 14, Math.hypot(a, b));
}

/** Leaves and grass, and dry grass and straw at lower weight: what turns green in spring. */
export function plantness(a: number, b: number): number {
  const hue = hueOf(a, b);
  const dry =
    0.55 * smoothstep(80, 92, hue) * (1 - smoothstep(96, 106, hue)) * smoothstep(14, 24, Math.hypot(a, b));
  return Math.max(leafiness(a, b), dry);
}

/** Weight of leaves per pixel of an interleaved CIELAB image. */
export function leafWeights(lab: Float32Array, weigh: (a: number, b: number) => number): Float32Array {
  const weights = new Float32Array(lab.length / 3);
  for (let index = 0; index < weights.length; index += 1) {
    weights[index] = clamp01(weigh(lab[index * 3 + 1] as number, lab[index * 3 + 2] as number));
  }
  return weights;
}
