/** Goldens of schedulers: timesteps, sigmas, whole loops and single steps of a reference run, case by case. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { sample } from '@darkroom/shared/samplers/registry';
import type { SamplerRun, Sampling } from '@darkroom/shared/samplers/sampler';
import type { SchedulerName } from '@darkroom/shared/schedulers/config';
import { addNoise, velocity } from '@darkroom/shared/schedulers/noise';
import { parsePythonJson } from '@darkroom/shared/schedulers/python-json';
import { makeSchedule, type Schedule } from '@darkroom/shared/schedulers/schedule';
import { type Bound, compare, type GoldenCheck, type Measurement } from './measurement.ts';
import { recordedScheduler } from './recorded-scheduler.ts';

interface Case {
  readonly name: string;
  readonly class: SchedulerName;
  readonly config: Readonly<Record<string, unknown>>;
  readonly num_inference_steps: number;
  readonly step_kwargs: { readonly eta?: number };
  /** The reference's draws were replaced by zeros and are not recorded. */
  readonly zero_noise: boolean;
}

interface Timetable {
  readonly by_num_inference_steps: Readonly<
    Record<
      string,
      { readonly timesteps: number[]; readonly sigmas: number[] | null; readonly init_noise_sigma: number }
    >
  >;
}

type Tensors = ReadonlyMap<string, Float32Array>;

const exact: Bound = {};
const sigmaBound: Bound = { absolute: 1e-5 };
/** Classes whose steps contain no exponential or logarithm, and therefore less float32 rounding in the reference. */
const plainClasses: ReadonlySet<SchedulerName> = new Set<SchedulerName>([
  'DDPMScheduler',
  'DDIMScheduler',
  'PNDMScheduler',
  'EulerDiscreteScheduler',
  'EulerAncestralDiscreteScheduler',
  'HeunDiscreteScheduler',
]);

async function readTensors(path: string): Promise<Tensors> {
  const stored = await readSafetensors(path);
  return new Map([...stored].map(([name, tensor]) => [name, toFloat32(tensor)]));
}

function need(tensors: Tensors, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`golden lacks tensor ${name}`);
  return tensor;
}

/** Element by element ratios, so that small sigmas count as much as large ones. */
function compareRatios(output: string, actual: ArrayLike<number>, expected: ArrayLike<number>): Measurement {
  const ratios = Array.from(actual, (value, i) =>
    value === expected[i] ? 1 : value / (expected[i] as number),
  );
  return compare(output, ratios, new Float32Array(expected.length).fill(1), sigmaBound);
}

/** The entry that is nearest to failing, under a common name. */
function worstOf(output: string, measurements: readonly Measurement[]): Measurement {
  const worst = measurements.reduce((a, b) =>
    (a.ok && !b.ok) || (a.ok === b.ok && b.maxRelative > a.maxRelative) ? b : a,
  );
  return { ...worst, output };
}

function drive(
  sampling: Sampling,
  network: (input: Float32Array, index: number, timestep: number) => Float32Array,
) {
  let turn = sampling.next();
  while (!turn.done) turn = sampling.next(network(turn.value.input, turn.value.index, turn.value.timestep));
  return turn.value;
}

interface Replay {
  readonly golden: Case;
  readonly schedule: Schedule;
  readonly tensors: Tensors;
  readonly loop: 'dummy' | 'rand';
}

/**
 * Replays one recorded loop. Single steps start from the reference's own previous sample and use its recorded network
 * output; the whole loop keeps our samples, and the dummy network x·t/(t+1) runs on our inputs.
 */
function* replay({ golden, schedule, tensors, loop }: Replay, isWholeLoop: boolean): Iterable<Measurement> {
  const initial = need(tensors, `${loop}.initial_sample`);
  const rows = (name: string, index: number) =>
    need(tensors, `${loop}.${name}`).subarray(index * initial.length, (index + 1) * initial.length);
  const bound: Bound = { relative: plainClasses.has(golden.class) ? 1e-5 : 1e-4 };
  const inputs: Measurement[] = [];
  const samples: Measurement[] = [];
  const run: SamplerRun = {
    initial,
    batch: 2,
    noise: (index) =>
      golden.zero_noise ? new Float32Array(initial.length) : need(tensors, `${loop}.step${index}.noise`),
    ...golden.step_kwargs,
    project(ours, nextIndex) {
      const reference = rows('prev_sample', nextIndex - 1);
      samples.push(compare('', ours, reference, bound));
      return isWholeLoop ? ours : reference;
    },
  };
  drive(sample(schedule, run), (input, index, timestep) => {
    inputs.push(compare('', input, rows('model_input', index), bound));
    if (!isWholeLoop || loop === 'rand') return rows('model_output', index);
    return input.map((value) => (value * timestep) / (timestep + 1));
  });
  const name = `${golden.name}: ${loop} ${isWholeLoop ? 'whole loop' : 'single steps'}`;
  yield worstOf(`${name}, network input`, inputs);
  yield worstOf(`${name}, sample`, samples);
}

function* checkForward({ golden, schedule, tensors }: Replay): Iterable<Measurement> {
  const original = need(tensors, 'add_noise.original');
  const noise = need(tensors, 'add_noise.noise');
  const timestep = need(tensors, 'add_noise.timesteps')[0] as number;
  const bound: Bound = { relative: 1e-5 };
  const noisy = addNoise(schedule, original, noise, timestep);
  yield compare(`${golden.name}: add_noise`, noisy, need(tensors, 'add_noise.out'), bound);
  const target = tensors.get('get_velocity.out');
  if (target)
    yield compare(
      `${golden.name}: get_velocity`,
      velocity(schedule, original, noise, timestep),
      target,
      bound,
    );
}

function* checkTables({ golden, schedule, tensors }: Replay): Iterable<Measurement> {
  const { name } = golden;
  const alphas = tensors.get('alphas_cumprod');
  if (alphas) yield compareRatios(`${name}: alphas_cumprod`, schedule.alphasCumprod, alphas);
  yield compare(`${name}: timesteps`, schedule.timesteps, need(tensors, 'timesteps'), exact);
  const sigmas = tensors.get('sigmas');
  if (sigmas) yield compareRatios(`${name}: sigmas`, schedule.sigmas ?? [], sigmas);
  const scale = need(tensors, 'init_noise_sigma');
  yield compareRatios(`${name}: init_noise_sigma`, [schedule.initNoiseSigma], scale);
}

/** Timesteps and sigmas for many numbers of steps. */
function* checkTimetable(golden: Case, timetable: Timetable): Iterable<Measurement> {
  const config = recordedScheduler(golden.class, golden.config);
  const timesteps: Measurement[] = [];
  const sigmas: Measurement[] = [];
  for (const [steps, expected] of Object.entries(timetable.by_num_inference_steps)) {
    const schedule = makeSchedule(config, Number(steps));
    timesteps.push(compare('', schedule.timesteps, Float32Array.from(expected.timesteps), exact));
    sigmas.push(compareRatios('', schedule.sigmas ?? [], expected.sigmas ?? []));
    sigmas.push(compareRatios('', [schedule.initNoiseSigma], [expected.init_noise_sigma]));
  }
  yield worstOf(`${golden.name}: timesteps of all step counts`, timesteps);
  yield worstOf(`${golden.name}: sigmas of all step counts`, sigmas);
}

/** Checks every case of a folder laid out as `cases.json`, `NAME.safetensors`, `NAME.timesteps.json`. */
export const checkSchedulers: GoldenCheck = async function* (folder) {
  const cases = parsePythonJson(await readFile(join(folder, 'cases.json'), 'utf8')) as readonly Case[];
  for (const golden of cases) {
    const tensors = await readTensors(join(folder, `${golden.name}.safetensors`));
    const schedule = makeSchedule(recordedScheduler(golden.class, golden.config), golden.num_inference_steps);
    yield* checkTables({ golden, schedule, tensors, loop: 'dummy' });
    for (const loop of ['dummy', 'rand'] as const) {
      yield* replay({ golden, schedule, tensors, loop }, false);
      yield* replay({ golden, schedule, tensors, loop }, true);
    }
    yield* checkForward({ golden, schedule, tensors, loop: 'dummy' });
    const timetable = await readFile(join(folder, `${golden.name}.timesteps.json`), 'utf8');
    yield* checkTimetable(golden, parsePythonJson(timetable) as Timetable);
  }
};
