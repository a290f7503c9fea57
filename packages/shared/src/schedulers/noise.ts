/** The forward process: how much noise a sample carries at a timestep. */
import { diffuse, type NoiseLevel, type PredictionType, toVelocity } from '../parameterization.ts';
import type { Schedule } from './schedule.ts';

/** What the forward process needs of a schedule. */
export type NoiseSchedule = Pick<Schedule, 'config' | 'timesteps' | 'sigmas' | 'alphasCumprod'>;

/** Variance-preserving level of a whole training timestep 0..T-1. */
export function trainingLevel(alphas: Float32Array, timestep: number): NoiseLevel {
  const power = alphas[timestep];
  if (power === undefined)
    throw new TypeError(`timestep: expected a whole number in 0..${alphas.length - 1}, got ${timestep}`);
  return { signal: Math.sqrt(power), noise: Math.sqrt(1 - power) };
}

/** Level at an index of the run's evaluations, in the space in which that class keeps its sample. */
export function levelAt(
  { config, timesteps, sigmas, alphasCumprod }: NoiseSchedule,
  index: number,
): NoiseLevel {
  const timestep = timesteps[index];
  if (timestep === undefined) throw new TypeError(`index: expected 0..${timesteps.length - 1}, got ${index}`);
  if (!sigmas) return trainingLevel(alphasCumprod, timestep);
  const sigma = sigmas[index] as number;
  switch (config._class_name) {
    case 'DPMSolverMultistepScheduler':
    case 'UniPCMultistepScheduler':
    case 'DEISMultistepScheduler':
      return preservingLevel(sigma);
    default:
      return { signal: 1, noise: sigma };
  }
}

/** Variance-preserving level with this noise-to-signal ratio. */
export function preservingLevel(sigma: number): NoiseLevel {
  const signal = 1 / Math.sqrt(sigma * sigma + 1);
  return { signal, noise: sigma * signal };
}

/**
 * Index of a timestep among the run's evaluations; of several the second, so that img2img does not skip a sigma.
 *
 * @throws TypeError when the run does not visit the timestep.
 */
export function indexOfTimestep({ timesteps }: NoiseSchedule, timestep: number): number {
  const target = Math.fround(timestep);
  const first = timesteps.indexOf(target);
  if (first < 0)
    throw new TypeError(`timestep: ${timestep} is not one of this run's (${timesteps.join(', ')})`);
  return timesteps[first + 1] === target ? first + 1 : first;
}

/** Level of a timestep: any training timestep for classes without sigmas, else one that the run visits. */
export function noiseLevel(schedule: NoiseSchedule, timestep: number): NoiseLevel {
  if (!schedule.sigmas) return trainingLevel(schedule.alphasCumprod, timestep);
  return levelAt(schedule, indexOfTimestep(schedule, timestep));
}

/** The clean sample carried to a timestep's noise level with the given N(0,1) noise. */
export function addNoise(
  schedule: NoiseSchedule,
  original: Float32Array,
  noise: Float32Array,
  timestep: number,
): Float32Array {
  return diffuse(original, noise, noiseLevel(schedule, timestep));
}

/** The v-prediction target at a whole training timestep: sqrt(a) noise - sqrt(1-a) original. */
export function velocity(
  schedule: Pick<Schedule, 'alphasCumprod'>,
  original: Float32Array,
  noise: Float32Array,
  timestep: number,
): Float32Array {
  return toVelocity(original, noise, trainingLevel(schedule.alphasCumprod, timestep));
}

/** Signal-to-noise ratio a/(1-a) of a whole training timestep; 0 at zero terminal SNR. */
export function snr(alphas: Float32Array, timestep: number): number {
  const { signal, noise } = trainingLevel(alphas, timestep);
  return (signal * signal) / (noise * noise);
}

/**
 * Loss weight of a timestep under min-SNR-gamma: the clean-sample loss weighted by min(snr, gamma), expressed for what
 * the network predicts (Hang et al. 2023, §3.4; gamma 5 is the paper's choice).
 */
export function minSnrWeight(ratio: number, gamma: number, type: PredictionType): number {
  const weight = Math.min(ratio, gamma);
  switch (type) {
    case 'epsilon':
      return ratio > 0 ? weight / ratio : 1;
    case 'v_prediction':
      return weight / (ratio + 1);
    case 'sample':
      return weight;
    default:
      return type satisfies never;
  }
}
