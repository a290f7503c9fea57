/** Principal components of 8 × 8 colour patches: the encoder of the embedded autoencoder, in closed form. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Pixels } from '../pixels.ts';

export interface PatchProjection {
  readonly patch: number;
  readonly channels: number;
  /** Encoder kernel [channels, 3, patch, patch]: rows give unit-variance latents. */
  readonly weight: Float32Array;
  /** [channels]: minus the projected mean. */
  readonly bias: Float32Array;
  /** Decoder [3 patch², channels], its rows in pixel-shuffle order (colour, row, column), and its bias. */
  readonly backWeight: Float32Array;
  readonly backBias: Float32Array;
  /** Standard deviation of each component in image units ([-1, 1]), falling. */
  readonly deviations: Float32Array;
}

/** Below this a component is rounding noise; the weakest of the 16 that photos are given has a variance of 0.1. */
const leastVariance = 1e-12;

/**
 * Fits the projection to all patches of the views (values in [0, 1], sides multiples of `patch`).
 * @throws RangeError when the patches vary in fewer than `channels` directions.
 */
export function fitPatchProjection(
  views: Iterable<Pixels>,
  patch: number,
  channels: number,
): PatchProjection {
  const size = 3 * patch * patch;
  const sum = new Float64Array(size);
  const products = new Float64Array(size * size);
  let count = 0;
  for (const view of views) {
    for (const vector of patchesOf(view, patch)) {
      accumulate(sum, products, vector);
      count++;
    }
  }
  const mean = sum.map((value) => value / count);
  const covariance = Matrix.zeros(size, size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const product = (products[Math.max(i, j) * size + Math.min(i, j)] as number) / count;
      covariance.set(i, j, product - (mean[i] as number) * (mean[j] as number));
    }
  }
  return project(covariance, mean, patch, channels);
}

function accumulate(sum: Float64Array, products: Float64Array, vector: Float32Array): void {
  const size = vector.length;
  for (let i = 0; i < size; i++) {
    const value = vector[i] as number;
    sum[i] = (sum[i] as number) + value;
    for (let j = 0; j <= i; j++) {
      products[i * size + j] = (products[i * size + j] as number) + value * (vector[j] as number);
    }
  }
}

/** Patches as vectors in (colour, row, column) order, mapped to [-1, 1]. */
function* patchesOf(view: Pixels, patch: number): Iterable<Float32Array> {
  const vector = new Float32Array(3 * patch * patch);
  for (let top = 0; top + patch <= view.height; top += patch) {
    for (let left = 0; left + patch <= view.width; left += patch) {
      let k = 0;
      for (let colour = 0; colour < 3; colour++) {
        for (let y = 0; y < patch; y++) {
          for (let x = 0; x < patch; x++) {
            const at = ((top + y) * view.width + left + x) * 3 + colour;
            vector[k++] = 2 * (view.data[at] as number) - 1;
          }
        }
      }
      yield vector;
    }
  }
}

function project(covariance: Matrix, mean: Float64Array, patch: number, channels: number): PatchProjection {
  const size = mean.length;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, {
    assumeSymmetric: true,
  });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => realEigenvalues[b]! - realEigenvalues[a]!);
  const weight = new Float32Array(channels * size);
  const bias = new Float32Array(channels);
  const backWeight = new Float32Array(size * channels);
  const deviations = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const column = order[c] as number;
    const vector = eigenvectorMatrix.getColumn(column);
    // An eigenvector's sign is arbitrary: make its largest entry positive so that a fit is reproducible.
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    const variance = realEigenvalues[column] as number;
    if (!(variance > leastVariance))
      throw new RangeError(`expected ${channels} components that vary, came ${c}`);
    const deviation = Math.sqrt(variance);
    deviations[c] = deviation;
    let offset = 0;
    vector.forEach((value, i) => {
      const signed = Math.sign(largest) * value;
      weight[c * size + i] = signed / deviation;
      backWeight[i * channels + c] = signed * deviation;
      offset += (signed / deviation) * (mean[i] as number);
    });
    bias[c] = -offset;
  }
  return { patch, channels, weight, bias, backWeight, backBias: Float32Array.from(mean), deviations };
}

/** Latents [channels, H/patch, W/patch] of an image; the same numbers as the network's encoder. */
export function encodePixels(projection: PatchProjection, image: Pixels): Float32Array {
  const { patch, channels, weight, bias } = projection;
  const columns = Math.floor(image.width / patch);
  const cells = columns * Math.floor(image.height / patch);
  const out = new Float32Array(channels * cells);
  let cell = 0;
  for (const vector of patchesOf(image, patch)) {
    for (let c = 0; c < channels; c++) {
      let value = bias[c] as number;
      const row = c * vector.length;
      for (let i = 0; i < vector.length; i++) value += (weight[row + i] as number) * (vector[i] as number);
      out[c * cells + cell] = value;
    }
    cell++;
  }
  return out;
}
