/**
 * Sums and means that diffusers publishes in its own scheduler tests (tests/schedulers, default betas 1e-4..0.02 linear):
 * ten steps of the network x·t/(t+1) on a ramp of 768 values. They cover the classes and options that the recorded
 * goldens leave out. Left out here: LMS from noise, where the reference applies fourth-order weights to a history of one
 * (ours starts at first order), and the stochastic loops, which need torch's own random numbers.
 */
import { sample } from '@darkroom/shared/samplers/registry';
import { parseSchedulerConfig, type SchedulerName } from '@darkroom/shared/schedulers/config';
import { addNoise } from '@darkroom/shared/schedulers/noise';
import { makeSchedule, type Schedule } from '@darkroom/shared/schedulers/schedule';
import { describe, expect, test } from 'vitest';

/** [4, 3, 8, 8] holding (c·64 + h·8 + w)·4 + b: a ramp whose fastest axis is the batch. */
function ramp(valueAt: (position: number) => number): Float32Array {
  const [batch, pixels] = [4, 3 * 64];
  return Float32Array.from({ length: batch * pixels }, (_, i) => {
    const [image, pixel] = [Math.floor(i / pixels), i % pixels];
    return valueAt(pixel * batch + image) / (batch * pixels);
  });
}

/** Those tests feed the scaled sample back into the step, so it is scaled once more. */
function scaleAt(schedule: Schedule, index: number): number {
  const sigma = schedule.sigmas?.[index];
  const isSigmaSpace = /Euler|Heun|LMS/.test(schedule.config._class_name);
  return isSigmaSpace && sigma !== undefined ? 1 / Math.sqrt(sigma * sigma + 1) : 1;
}

function publishedLoop(schedule: Schedule, begin: number): Float32Array {
  const clean = ramp((i) => i).map((x) => x * schedule.initNoiseSigma);
  const timestep = schedule.timesteps[begin] as number;
  const start =
    begin === 0
      ? clean
      : addNoise(
          schedule,
          clean,
          ramp((i) => 767 - i),
          timestep,
        );
  const rescale = (x: Float32Array, index: number) => x.map((value) => value * scaleAt(schedule, index));
  const sampling = sample(schedule, {
    initial: rescale(start, begin),
    begin,
    batch: 4,
    noise: () => {
      throw new Error('this loop should draw no noise');
    },
    project: (x, next) => (next < schedule.timesteps.length ? rescale(x, next) : x),
  });
  let turn = sampling.next();
  while (!turn.done) {
    const { sample: x, timestep: t } = turn.value;
    turn = sampling.next(x.map((value) => (value * t) / (t + 1)));
  }
  return turn.value;
}

type Row = readonly [
  label: string,
  SchedulerName,
  settings: object,
  sum: number,
  mean: number,
  begin?: number,
];

const v = { prediction_type: 'v_prediction' };
const karras = { use_karras_sigmas: true };
const long = { num_train_timesteps: 1100 };
const dpm = { lower_order_final: false, final_sigmas_type: 'sigma_min' };
const unipc = { final_sigmas_type: 'sigma_min' };
const steep = { beta_start: 0.01 };
const threshold = { thresholding: true, dynamic_thresholding_ratio: 0.87, sample_max_value: 0.5 };

const rows: readonly Row[] = [
  ['DDIM', 'DDIMScheduler', {}, 172.0067, 0.223967],
  ['DDIM v', 'DDIMScheduler', v, 52.5302, 0.0684],
  ['DDIM to alpha 1', 'DDIMScheduler', { ...steep, set_alpha_to_one: true }, 149.8295, 0.1951],
  ['DDIM to alpha 0', 'DDIMScheduler', { ...steep, set_alpha_to_one: false }, 149.0784, 0.1941],
  ['DDIM from noise', 'DDIMScheduler', {}, 354.5418, 0.4616, 8],
  ['PNDM', 'PNDMScheduler', {}, 198.1318, 0.258],
  ['PNDM v', 'PNDMScheduler', v, 67.3986, 0.0878],
  ['PNDM to alpha 1', 'PNDMScheduler', { ...steep, set_alpha_to_one: true }, 230.0399, 0.2995],
  ['PNDM to alpha 0', 'PNDMScheduler', { ...steep, set_alpha_to_one: false }, 186.9482, 0.2434],
  ['Euler', 'EulerDiscreteScheduler', long, 10.0807, 0.0131],
  ['Euler v', 'EulerDiscreteScheduler', { ...long, ...v }, 0.0002, 2.2676e-6],
  ['Euler Karras', 'EulerDiscreteScheduler', { ...long, ...karras }, 124.522995, 0.162139],
  ['Euler from noise', 'EulerDiscreteScheduler', long, 57062.9297, 74.3007, 8],
  ['Heun', 'HeunDiscreteScheduler', long, 0.1233, 0.0002],
  ['Heun v', 'HeunDiscreteScheduler', { ...long, ...v }, 4.69e-7, 6.1e-10],
  ['Heun Karras', 'HeunDiscreteScheduler', { ...long, ...karras }, 0.00015, 1.98696e-7],
  ['Heun from noise', 'HeunDiscreteScheduler', long, 75074.8906, 97.7538, 16],
  ['LMS', 'LMSDiscreteScheduler', long, 1006.388, 1.31],
  ['LMS v', 'LMSDiscreteScheduler', { ...long, ...v }, 0.0017, 2.2676e-6],
  ['LMS Karras', 'LMSDiscreteScheduler', { ...long, ...karras }, 3812.9927, 4.9648],
  ['DPM++', 'DPMSolverMultistepScheduler', dpm, 253.5514, 0.3301],
  ['DPM++ from noise', 'DPMSolverMultistepScheduler', dpm, 318.4111, 0.4146, 5],
  ['DPM++ threshold', 'DPMSolverMultistepScheduler', { ...dpm, ...threshold }, 872.727, 1.1364],
  ['DPM++ v', 'DPMSolverMultistepScheduler', { ...dpm, ...v }, 172.874, 0.2251],
  ['DPM++ Karras v', 'DPMSolverMultistepScheduler', { ...dpm, ...v, ...karras }, 160.664, 0.2096],
  ['DPM++ Lu v', 'DPMSolverMultistepScheduler', { ...dpm, ...v, use_lu_lambdas: true }, 119.365, 0.1554],
  ['UniPC', 'UniPCMultistepScheduler', unipc, 189.2318, 0.2464],
  ['UniPC Karras', 'UniPCMultistepScheduler', { ...unipc, ...karras }, 224.6267, 0.2925],
  ['UniPC v', 'UniPCMultistepScheduler', { ...unipc, ...v }, 77.8724, 0.1014],
  ['UniPC Karras v', 'UniPCMultistepScheduler', { ...unipc, ...v, ...karras }, 150.687, 0.1966],
  ['UniPC from noise', 'UniPCMultistepScheduler', unipc, 315.5757, 0.4109, 8],
  ['DEIS', 'DEISMultistepScheduler', {}, 183.6764, 0.23916],
  ['DEIS v', 'DEISMultistepScheduler', v, 69.9437, 0.091],
  ['DEIS from noise', 'DEISMultistepScheduler', {}, 315.3016, 0.41054, 8],
];

describe('ten steps give the published sum and mean', () => {
  for (const [label, name, settings, sum, mean, begin = 0] of rows) {
    test(label, () => {
      const schedule = makeSchedule(parseSchedulerConfig(settings, name), 10);
      const total = publishedLoop(schedule, begin).reduce((running, x) => running + Math.abs(x), 0);
      expect(Math.abs(total - sum)).toBeLessThan(Math.max(0.01, Math.abs(sum) * 1e-6));
      expect(Math.abs(total / 768 - mean)).toBeLessThan(1e-3);
    });
  }
});
