import {
  parseSchedulerConfig,
  type SchedulerConfig,
  type SchedulerName,
} from '@darkroom/shared/schedulers/config';

/** A scheduler configuration of a golden. These are complete, so a solver without `final_sigmas_type` predates it. */
export function recordedScheduler(
  name: SchedulerName,
  config: Readonly<Record<string, unknown>>,
): SchedulerConfig {
  const isSolver = name === 'DPMSolverMultistepScheduler' || name === 'UniPCMultistepScheduler';
  return parseSchedulerConfig({ ...(isSolver && { final_sigmas_type: 'last' }), ...config }, name);
}
