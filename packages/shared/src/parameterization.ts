/** What a network predicts, and the one place where its output becomes an image estimate or a noise estimate. */
import { weightedSum } from './samplers/weighted-sum.ts';

export const predictionTypes = ['epsilon', 'v_prediction', 'sample'] as const;
export type PredictionType = (typeof predictionTypes)[number];

/** A noisy sample is `signal * x0 + noise * eps`. Variance-preserving: signal² + noise² = 1; sigma space: signal = 1. */
export interface NoiseLevel {
  readonly signal: number;
  readonly noise: number;
}

/** A linear map of the network's output and the noisy sample. */
interface Weights {
  readonly sample: number;
  readonly output: number;
}

/** Network output and noisy sample of one evaluation; arrays of one length. */
export interface Prediction {
  readonly type: PredictionType;
  readonly output: Float32Array;
  readonly sample: Float32Array;
  readonly level: NoiseLevel;
}

/**
 * v is defined on the variance-preserving sample x/r, r = |(signal, noise)|:
 * x0 = (signal/r²) x - (noise/r) v and eps = (noise/r²) x + (signal/r) v  (Salimans & Ho 2022, appendix D).
 */
function denoisedWeights(type: PredictionType, { signal, noise }: NoiseLevel): Weights {
  switch (type) {
    case 'epsilon':
      return { sample: 1 / signal, output: -noise / signal };
    case 'v_prediction': {
      const power = signal * signal + noise * noise;
      return { sample: signal / power, output: -noise / Math.sqrt(power) };
    }
    case 'sample':
      return { sample: 0, output: 1 };
    default:
      return type satisfies never;
  }
}

function epsilonWeights(type: PredictionType, { signal, noise }: NoiseLevel): Weights {
  switch (type) {
    case 'epsilon':
      return { sample: 0, output: 1 };
    case 'v_prediction': {
      const power = signal * signal + noise * noise;
      return { sample: noise / power, output: signal / Math.sqrt(power) };
    }
    case 'sample':
      return { sample: 1 / noise, output: -signal / noise };
    default:
      return type satisfies never;
  }
}

/** The network's estimate of the clean sample x0. Epsilon prediction needs signal > 0. */
export function toDenoised({ type, output, sample, level }: Prediction): Float32Array {
  const weights = denoisedWeights(type, level);
  return weightedSum([weights.sample, sample], [weights.output, output]);
}

/** The network's estimate of the noise eps. Sample prediction needs noise > 0. */
export function toEpsilon({ type, output, sample, level }: Prediction): Float32Array {
  const weights = epsilonWeights(type, level);
  return weightedSum([weights.sample, sample], [weights.output, output]);
}

/** The noise that turns `denoised` into `sample` at this level: eps = (x - signal x0) / noise; needs noise > 0. */
export function residualNoise(sample: Float32Array, denoised: Float32Array, level: NoiseLevel): Float32Array {
  return weightedSum([1 / level.noise, sample], [-level.signal / level.noise, denoised]);
}

/** The v target of a variance-preserving level: v = signal * eps - noise * x0. */
export function toVelocity(original: Float32Array, noise: Float32Array, level: NoiseLevel): Float32Array {
  return weightedSum([level.signal, noise], [-level.noise, original]);
}

/** The noisy sample signal * x0 + noise * eps. */
export function diffuse(original: Float32Array, noise: Float32Array, level: NoiseLevel): Float32Array {
  return weightedSum([level.signal, original], [level.noise, noise]);
}
