import { toDenoised, toEpsilon } from '../parameterization.ts';
import type { ConfigOf } from '../schedulers/config.ts';
import { trainingLevel } from '../schedulers/noise.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { type Advance, powerAt, type SamplerRun, type Sampling, walk } from './sampler.ts';
import { type Term, weightedSum } from './weighted-sum.ts';

type Config = ConfigOf<'PNDMScheduler'>;

/** Adams-Bashforth weights by the number of known outputs, newest first. */
const adamsBashforth: readonly (readonly number[])[] = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];
/** Weights of the four evaluations of a classical Runge-Kutta block. */
const rungeKutta: readonly number[] = [1 / 6, 1 / 3, 1 / 3, 1 / 6];
/** Evaluations of the Runge-Kutta start: three blocks of four. */
const warmUpLength = 12;

interface Move {
  readonly sample: Float32Array;
  readonly output: Float32Array;
  readonly from: number;
  readonly to: number;
}

/** The deterministic transfer of a sample between timesteps along a noise estimate (Liu et al. 2022, eq. 11). */
function transfer(schedule: Schedule<Config>, { sample, output, from, to }: Move): Float32Array {
  const { config, alphasCumprod } = schedule;
  const power = alphasCumprod[from] as number;
  const nextPower = powerAt(schedule, to, config.set_alpha_to_one ? 1 : (alphasCumprod[0] as number));
  const level = trainingLevel(alphasCumprod, from);
  const epsilon = toEpsilon({ type: config.prediction_type, output, sample, level });
  const divisor = power * Math.sqrt(1 - nextPower) + Math.sqrt(power * (1 - power) * nextPower);
  return weightedSum([Math.sqrt(nextPower / power), sample], [-(nextPower - power) / divisor, epsilon]);
}

function mix(outputs: readonly Float32Array[], weights: readonly number[]): Float32Array {
  return weightedSum(...outputs.map((output, i): Term => [weights[i] as number, output]));
}

/**
 * Pseudo linear multistep, after a Runge-Kutta or a doubled first step (Liu et al. 2022, "PNDM").
 *
 * A run that begins later still doubles its first step, as the reference does, although the timestep list does not.
 */
export function* pndm(schedule: Schedule<Config>, run: SamplerRun): Sampling {
  const { config, timesteps } = schedule;
  const stride = Math.floor(config.num_train_timesteps / schedule.steps);
  const begin = run.begin ?? 0;
  const warmUp = config.skip_prk_steps ? 0 : warmUpLength;
  if (begin < warmUp && begin % 4 !== 0)
    throw new TypeError(`begin: expected a multiple of 4 within PNDM's Runge-Kutta start, got ${begin}`);
  let start = run.initial;
  let block: readonly Float32Array[] = [];
  let outputs: readonly Float32Array[] = [];

  function rungeKuttaStep(sample: Float32Array, output: Float32Array, index: number): Float32Array {
    const phase = index % 4;
    if (phase === 0) {
      start = sample;
      block = [];
      outputs = [output, ...outputs];
    }
    block = [...block, output];
    const from = timesteps[index - phase] as number;
    const to = (timesteps[index] as number) - (phase % 2 === 0 ? Math.floor(stride / 2) : 0);
    return transfer(schedule, {
      sample: start,
      output: phase === 3 ? mix(block, rungeKutta) : output,
      from,
      to,
    });
  }

  function multistep(sample: Float32Array, output: Float32Array, index: number): Float32Array {
    const timestep = timesteps[index] as number;
    if (config.skip_prk_steps && index === begin + 1) {
      // The doubled step: back to where the first one began, with the mean of both outputs.
      const mean = mix([output, ...outputs], [1 / 2, 1 / 2]);
      return transfer(schedule, { sample: start, output: mean, from: timestep + stride, to: timestep });
    }
    if (index === begin) start = sample;
    outputs = [output, ...outputs].slice(0, 4);
    const combined = mix(outputs, adamsBashforth[outputs.length - 1] as readonly number[]);
    return transfer(schedule, { sample, output: combined, from: timestep, to: timestep - stride });
  }

  return yield* walk(schedule, run, {
    advance(sample, output, index): Advance {
      const level = trainingLevel(schedule.alphasCumprod, timesteps[index] as number);
      const denoised = toDenoised({ type: config.prediction_type, output, sample, level });
      const next = index < warmUp ? rungeKuttaStep(sample, output, index) : multistep(sample, output, index);
      return { next, denoised };
    },
  });
}
