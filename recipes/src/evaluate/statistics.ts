/** Colour and structure figures of pictures, on CIELAB (D65) and luma, on which the evaluation rules stand. */
import type { Mask, Pixels } from '../pixels.ts';
import { lumaPlane } from '../teachers/colour-map.ts';
import { hueOf, labOf } from '../teachers/lab.ts';

/** Weighted figures of a picture or a region; lightness 0–100, a*, b*, chroma in CIELAB units. */
export interface ColourStatistics {
  readonly meanL: number;
  readonly stdL: number;
  readonly meanA: number;
  readonly meanB: number;
  readonly meanChroma: number;
  readonly stdChroma: number;
  /** Hue of the mean colour in degrees, [0, 360). */
  readonly hue: number;
  /** 0 where all coloured pixels share one hue, 1 where hues cancel out; weighted by chroma. */
  readonly hueSpread: number;
}

/**
 * Colour statistics of an image.
 * @param weights one per pixel, at least 0; absent = all pixels alike.
 * @throws RangeError when `weights` hasn't one value per pixel.
 */
export function colourStatistics(image: Pixels, weights?: Float32Array): ColourStatistics {
  const lab = labOf(image);
  const count = lab.length / 3;
  if (weights !== undefined && weights.length !== count) {
    throw new RangeError(`weights: expected ${count} values, one per pixel, got ${weights.length}`);
  }
  const sums = { w: 0, l: 0, ll: 0, a: 0, b: 0, c: 0, cc: 0 };
  for (let index = 0; index < count; index += 1) {
    const w = weights === undefined ? 1 : at(weights, index);
    const l = at(lab, index * 3);
    const a = at(lab, index * 3 + 1);
    const b = at(lab, index * 3 + 2);
    const c = Math.hypot(a, b);
    sums.w += w;
    sums.l += w * l;
    sums.ll += w * l * l;
    sums.a += w * a;
    sums.b += w * b;
    sums.c += w * c;
    sums.cc += w * c * c;
  }
  const total = Math.max(1e-9, sums.w);
  const meanL = sums.l / total;
  const meanChroma = sums.c / total;
  return {
    meanL,
    stdL: Math.sqrt(Math.max(0, sums.ll / total - meanL * meanL)),
    meanA: sums.a / total,
    meanB: sums.b / total,
    meanChroma,
    stdChroma: Math.sqrt(Math.max(0, sums.cc / total - meanChroma * meanChroma)),
    hue: hueOf(sums.a, sums.b),
    hueSpread: sums.c > 0 ? 1 - Math.hypot(sums.a, sums.b) / sums.c : 0,
  };
}

/** L* below which `share` (in [0, 1]) of the pixels lie. */
export function lightnessQuantile(image: Pixels, share: number): number {
  const lab = labOf(image);
  const lightness = Float32Array.from({ length: lab.length / 3 }, (_, index) => at(lab, index * 3)).sort();
  return at(lightness, Math.min(lightness.length - 1, Math.floor(share * lightness.length)));
}

/** Mean CIE76 colour difference of two pictures over the pixels of weight above 0; 0 where there are none. */
export function meanDifference(before: Pixels, after: Pixels, weights?: Float32Array): number {
  requireSameSize(before, after);
  const first = labOf(before);
  const second = labOf(after);
  let sum = 0;
  let total = 0;
  for (let index = 0; index < first.length / 3; index += 1) {
    const weight = weights === undefined ? 1 : at(weights, index);
    const base = index * 3;
    const l = at(first, base) - at(second, base);
    const a = at(first, base + 1) - at(second, base + 1);
    const b = at(first, base + 2) - at(second, base + 2);
    sum += weight * Math.sqrt(l * l + a * a + b * b);
    total += weight;
  }
  return total > 0 ? sum / total : 0;
}

/** 1 where the mask is practically empty (below 0.02), else 0: the pixels that an edit of the region must not touch. */
export function outsideOf(mask: Mask): Float32Array {
  return Float32Array.from(mask.data, (weight) => (weight < 0.02 ? 1 : 0));
}

/** Peak signal-to-noise ratio in dB over all channels; Infinity for equal pictures. */
export function peakSignalToNoise(before: Pixels, after: Pixels): number {
  requireSameSize(before, after);
  let sum = 0;
  for (let index = 0; index < before.data.length; index += 1) {
    sum += (at(before.data, index) - at(after.data, index)) ** 2;
  }
  return -10 * Math.log10(sum / before.data.length);
}

/** Variance of the four-neighbour Laplacian of luma over inner pixels: a measure of fine detail. */
export function laplacianVariance(image: Pixels): number {
  const luma = lumaPlane(image);
  const { width, height } = image;
  let sum = 0;
  let squares = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let index = y * width + 1; index < (y + 1) * width - 1; index += 1) {
      const around =
        at(luma, index - 1) + at(luma, index + 1) + at(luma, index - width) + at(luma, index + width);
      const value = around - 4 * at(luma, index);
      sum += value;
      squares += value * value;
    }
  }
  const count = Math.max(1, (width - 2) * (height - 2));
  return squares / count - (sum / count) ** 2;
}

/** Sobel gradient magnitude of luma over inner pixels, row-major, `(width - 2) * (height - 2)`. */
export function sobelMagnitude(image: Pixels): Float32Array {
  const luma = lumaPlane(image);
  const { width, height } = image;
  const edges = new Float32Array(Math.max(0, width - 2) * Math.max(0, height - 2));
  let out = 0;
  for (let y = 1; y < height - 1; y += 1) {
    for (let index = y * width + 1; index < (y + 1) * width - 1; index += 1) {
      const rising = at(luma, index + 1 - width) - at(luma, index - 1 + width);
      const falling = at(luma, index + 1 + width) - at(luma, index - 1 - width);
      const horizontal = rising + falling + 2 * (at(luma, index + 1) - at(luma, index - 1));
      const vertical = falling - rising + 2 * (at(luma, index + width) - at(luma, index - width));
      edges[out] = Math.hypot(horizontal, vertical);
      out += 1;
    }
  }
  return edges;
}

/** Pearson correlation of the Sobel magnitudes of two pictures, in [-1, 1]; 0 where one has no edges. */
export function edgeCorrelation(before: Pixels, after: Pixels): number {
  requireSameSize(before, after);
  return correlation(sobelMagnitude(before), sobelMagnitude(after));
}

function correlation(first: Float32Array, second: Float32Array): number {
  const meanFirst = mean(first);
  const meanSecond = mean(second);
  let cross = 0;
  let powerFirst = 0;
  let powerSecond = 0;
  for (let index = 0; index < first.length; index += 1) {
    const x = at(first, index) - meanFirst;
    const y = at(second, index) - meanSecond;
    cross += x * y;
    powerFirst += x * x;
    powerSecond += y * y;
  }
  const power = Math.sqrt(powerFirst * powerSecond);
  return power > 1e-9 ? cross / power : 0;
}

const window = 8;
const windowStep = 4;

/** Mean structural similarity of luma (Wang et al. 2004) over 8×8 windows at a step of 4, in [-1, 1]. */
export function lumaSimilarity(before: Pixels, after: Pixels): number {
  requireSameSize(before, after);
  const first = lumaPlane(before);
  const second = lumaPlane(after);
  const { width, height } = before;
  let sum = 0;
  let count = 0;
  for (let y = 0; y + window <= height; y += windowStep) {
    for (let x = 0; x + window <= width; x += windowStep) {
      sum += windowSimilarity(first, second, y * width + x, width);
      count += 1;
    }
  }
  return count > 0 ? sum / count : 1;
}

function windowSimilarity(first: Float32Array, second: Float32Array, start: number, width: number): number {
  let sumX = 0;
  let sumY = 0;
  let xx = 0;
  let yy = 0;
  let xy = 0;
  for (let row = 0; row < window; row += 1) {
    for (let index = start + row * width; index < start + row * width + window; index += 1) {
      const x = at(first, index);
      const y = at(second, index);
      sumX += x;
      sumY += y;
      xx += x * x;
      yy += y * y;
      xy += x * y;
    }
  }
  const area = window * window;
  const meanX = sumX / area;
  const meanY = sumY / area;
  const varianceX = xx / area - meanX * meanX;
  const varianceY = yy / area - meanY * meanY;
  const covariance = xy / area - meanX * meanY;
  const c1 = 0.01 ** 2;
  const c2 = 0.03 ** 2;
  return (
    ((2 * meanX * meanY + c1) * (2 * covariance + c2)) /
    ((meanX * meanX + meanY * meanY + c1) * (varianceX + varianceY + c2))
  );
}

function requireSameSize(before: Pixels, after: Pixels): void {
  if (before.width === after.width && before.height === after.height) return;
  throw new RangeError(
    `after: expected ${before.width}×${before.height} like before, got ${after.width}×${after.height}`,
  );
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}

function at(data: Float32Array, index: number): number {
  return data[index] as number;
}
