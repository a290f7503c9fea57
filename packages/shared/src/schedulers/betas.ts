/** The training noise schedule: betas and their cumulative signal power. */
import type { SchedulerConfig } from './config.ts';
import { torchLinspace } from './linspace.ts';

/** The part of a configuration that fixes the training noise. */
export type BetaConfig = Pick<
  SchedulerConfig,
  'num_train_timesteps' | 'beta_start' | 'beta_end' | 'beta_schedule'
> & {
  readonly trained_betas?: readonly number[] | undefined;
  readonly rescale_betas_zero_snr?: boolean;
};

const { fround, sqrt } = Math;

/** betas[i] = 1 - power((i+1)/T) / power(i/T), at most 0.999: a discretised continuous schedule. */
function betasForPower(steps: number, power: (time: number) => number): Float32Array {
  return Float32Array.from({ length: steps }, (_, i) =>
    Math.min(1 - power((i + 1) / steps) / power(i / steps), 0.999),
  );
}

/** Betas of the configured schedule before any rescaling; float32, one per training timestep. */
export function betas(config: BetaConfig): Float32Array {
  const { num_train_timesteps: steps, beta_start: from, beta_end: to } = config;
  if (config.trained_betas) return Float32Array.from(config.trained_betas);
  switch (config.beta_schedule) {
    case 'linear':
      return torchLinspace(from, to, steps);
    case 'scaled_linear':
      return torchLinspace(sqrt(from), sqrt(to), steps).map((root) => root * root);
    case 'squaredcos_cap_v2': // Nichol & Dhariwal 2021
      return betasForPower(steps, (time) => Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2);
    case 'exp':
      return betasForPower(steps, (time) => Math.exp(-12 * time));
    case 'sigmoid': // GeoDiff
      return torchLinspace(-6, 6, steps).map((x) => (to - from) / (1 + Math.exp(-x)) + from);
    default:
      return config.beta_schedule satisfies never;
  }
}

/** Running product, accumulated in double and stored in float32, as torch.cumprod does on a CPU. */
function cumulativeProduct(values: Float32Array): Float32Array {
  let product = 1;
  return values.map((value) => {
    product *= value;
    return product;
  });
}

/**
 * Betas rescaled so that the last timestep keeps no signal while the first keeps what it had: sqrt of the cumulative
 * power is shifted to end at 0 and stretched to start where it did (Lin et al. 2024, algorithm 1).
 */
function zeroTerminalSnr(original: Float32Array): Float32Array {
  const roots = cumulativeProduct(original.map((beta) => 1 - beta)).map(sqrt);
  const first = roots[0] as number;
  const last = roots[roots.length - 1] as number;
  const scale = fround(first / fround(first - last));
  const powers = roots.map((root) => fround(fround(root - last) * scale) ** 2);
  return powers.map((power, i) => 1 - (i === 0 ? power : fround(power / (powers[i - 1] as number))));
}

/**
 * Signal power of every training timestep: x_t = sqrt(a_t) x0 + sqrt(1 - a_t) eps; float32, length T, falling.
 * With `rescale_betas_zero_snr` the last one is exactly 0.
 */
export function alphasCumprod(config: BetaConfig): Float32Array {
  const original = betas(config);
  const used = config.rescale_betas_zero_snr ? zeroTerminalSnr(original) : original;
  return cumulativeProduct(used.map((beta) => 1 - beta));
}
