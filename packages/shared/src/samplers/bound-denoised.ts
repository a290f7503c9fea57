/** The options of a configuration that keep the clean-sample estimate in range. */
export interface DenoisedBounds {
  readonly thresholding?: boolean;
  readonly dynamic_thresholding_ratio?: number;
  readonly sample_max_value?: number;
  readonly clip_sample?: boolean;
  readonly clip_sample_range?: number;
}

/** Quantile of the values by linear interpolation between order statistics. */
function quantile(values: Float32Array, ratio: number): number {
  const sorted = values.toSorted();
  const position = ratio * (sorted.length - 1);
  const low = Math.floor(position);
  const below = sorted[low] as number;
  const above = sorted[Math.min(low + 1, sorted.length - 1)] as number;
  return below + (above - below) * (position - low);
}

function clamp(values: Float32Array, limit: number): Float32Array {
  return values.map((value) => Math.min(Math.max(value, -limit), limit));
}

/** Dynamic thresholding of one image: clip at a quantile of |x0|, then divide by it (Saharia et al. 2022, §2.3). */
function threshold(values: Float32Array, bounds: DenoisedBounds): Float32Array {
  const { dynamic_thresholding_ratio: ratio = 0.995, sample_max_value: ceiling = 1 } = bounds;
  const limit = Math.min(Math.max(quantile(values.map(Math.abs), ratio), 1), ceiling);
  return clamp(values, limit).map((value) => value / limit);
}

/** The estimate after thresholding (per image of the batch) or clipping, whichever the configuration asks for. */
export function boundDenoised(denoised: Float32Array, bounds: DenoisedBounds, batch: number): Float32Array {
  if (bounds.thresholding) {
    const size = denoised.length / batch;
    const bounded = new Float32Array(denoised.length);
    for (let i = 0; i < batch; i++)
      bounded.set(threshold(denoised.subarray(i * size, (i + 1) * size), bounds), i * size);
    return bounded;
  }
  return bounds.clip_sample ? clamp(denoised, bounds.clip_sample_range ?? 1) : denoised;
}
