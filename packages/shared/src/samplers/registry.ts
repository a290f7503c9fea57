/** The table of samplers: one per scheduler class. */
import type { ConfigOf, SchedulerName } from '../schedulers/config.ts';
import type { Schedule } from '../schedulers/schedule.ts';
import { ddim } from './ddim.ts';
import { ddpm } from './ddpm.ts';
import { deis } from './deis.ts';
import { dpmSolver } from './dpm-solver.ts';
import { euler } from './euler.ts';
import { eulerAncestral } from './euler-ancestral.ts';
import { heun } from './heun.ts';
import { lcm } from './lcm.ts';
import { lms } from './lms.ts';
import { pndm } from './pndm.ts';
import type { Sampler, SamplerRun, Sampling } from './sampler.ts';
import { unipc } from './unipc.ts';

export const samplers = {
  DDPMScheduler: ddpm,
  DDIMScheduler: ddim,
  PNDMScheduler: pndm,
  EulerDiscreteScheduler: euler,
  EulerAncestralDiscreteScheduler: eulerAncestral,
  HeunDiscreteScheduler: heun,
  LMSDiscreteScheduler: lms,
  DPMSolverMultistepScheduler: dpmSolver,
  UniPCMultistepScheduler: unipc,
  DEISMultistepScheduler: deis,
  LCMScheduler: lcm,
} satisfies { readonly [N in SchedulerName]: Sampler<ConfigOf<N>> };

/**
 * Starts the schedule's own sampler.
 *
 * @example
 * const sampling = sample(makeSchedule(config, 20), { initial, noise });
 * let turn = sampling.next();
 * while (!turn.done) turn = sampling.next(await network(turn.value.input, turn.value.timestep));
 * const latents = turn.value;
 */
export function sample(schedule: Schedule, run: SamplerRun): Sampling {
  // The table's row and the schedule carry the same class name, which the type of a lookup cannot say.
  const sampler = samplers[schedule.config._class_name] as Sampler;
  return sampler(schedule, run);
}
