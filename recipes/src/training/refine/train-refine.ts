/** Trains the refiner of a segmenter, resumable at every checkpoint; and writes the segmenter with it. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import {
  type RefinedSamConfig,
  SamCenternetConfig,
  SamRefinerConfig,
} from '@darkroom/gpu-worker/models/sam/sam-config';
import { type StepReport, Trainer } from '@darkroom/gpu-worker/training/trainer';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { dice } from '../../dice.ts';
import { initializeParameters } from '../initialize.ts';
import { PreparedStream } from '../prepared-stream.ts';
import { checkpointFile, keepPlan, logFile, logStep, trimLog } from '../run-folder.ts';
import { isTrained, refineBatch, refineTraining } from './refine-model.ts';
import type { RefineSample } from './refine-sample.ts';
import type { RefineWork } from './refine-worker.ts';

export interface RefineTrainingPlan {
  /** Folder of the segmenter whose answers are refined, and whose backbone the refiner sees with. */
  readonly segmenter: string;
  /** Folder of a segmenter whose refiner to start from. Default: a new one. */
  readonly from?: string | undefined;
  readonly seed: number;
  readonly steps: number;
  /** Windows of a step. */
  readonly batch: number;
  readonly learningRate: number;
  /** Folder of the checkpoint and the log. */
  readonly folder: string;
  /** Folder of the stores. */
  readonly cache: string;
  readonly saveEvery: number;
  /** Threads of a step. Default: as many as run at a time. */
  readonly threads?: number | undefined;
  /** Scenes that are made at a time. Default: 24. */
  readonly chunkScenes?: number | undefined;
  /** Layout of the refiner. Default: {@link SamRefinerConfig}'s. */
  readonly refiner?: SamRefinerConfig | undefined;
  /** Stop after this many steps (to finish another time). Default: all. */
  readonly until?: number | undefined;
}

const usualChunk = 24;
/** How many windows a step draws of each scene on average, over the time that the scene is at hand. */
const drawsPerScene = 10;
const warmUpSteps = 100;

type Report = (step: number, total: number, report: StepReport & { readonly seconds: number }) => void;

/** Trains until the plan's end, or `until`. */
export async function trainRefine(plan: RefineTrainingPlan, report: Report): Promise<void> {
  await mkdir(plan.folder, { recursive: true });
  const { seed, steps, batch, learningRate } = plan;
  await keepPlan(plan.folder, { seed, steps, batch, learningRate });
  const config = await configOf(plan);
  await using trainer = await openTrainer(plan, config);
  const checkpoint = checkpointFile(plan.folder);
  if (existsSync(checkpoint)) await trainer.restore(checkpoint);
  const log = logFile(plan.folder);
  await trimLog(log, trainer.step);
  const scenes = plan.chunkScenes ?? usualChunk;
  const work: RefineWork = {
    side: config.refiner_config.image_size,
    seed,
    scenes,
    cache: plan.cache,
    segmenter: plan.segmenter,
  };
  const thread = new URL('./refine-worker.ts', import.meta.url);
  await using stream = new PreparedStream<RefineSample>(thread, work, scenes * drawsPerScene);
  const end = Math.min(plan.until ?? steps, steps);
  while (trainer.step < end) {
    const { step } = trainer;
    const began = performance.now();
    const window = await stream.window(step * batch);
    const random = dice(seed + 1, step);
    const samples = Array.from(
      { length: batch },
      () => window[Math.floor(random() * window.length)] as RefineSample,
    );
    const figures = await trainer.advance(refineBatch(samples));
    const line = { ...figures, seconds: (performance.now() - began) / 1000 };
    await logStep(log, trainer.step, line);
    report(trainer.step, steps, line);
    if (trainer.step % plan.saveEvery === 0 || trainer.step === end) await trainer.save(checkpoint);
  }
}

async function configOf({
  segmenter,
  refiner,
}: Pick<RefineTrainingPlan, 'segmenter' | 'refiner'>): Promise<RefinedSamConfig> {
  const config = await readConfig(segmenter, SamCenternetConfig);
  return { ...config, refiner_config: refiner ?? config.refiner_config ?? SamRefinerConfig.parse({}) };
}

async function openTrainer(plan: RefineTrainingPlan, config: RefinedSamConfig): Promise<Trainer> {
  const { loss, metrics, parameters } = refineTraining(plan.batch, config);
  const stored = await readSafetensors(join(plan.segmenter, 'model.safetensors'));
  const trained = new Map([...parameters].filter(([name]) => isTrained(name)));
  const initial = initializeParameters(trained, plan.seed, (name) =>
    /conv2\.weight$|refiner\.mask\.weight$/.test(name),
  );
  const weights = new Map<string, Float32Array>();
  for (const name of parameters.keys())
    if (!isTrained(name)) weights.set(name, storedIn(plan.segmenter, stored, name));
  if (plan.from !== undefined) {
    const begun = await readSafetensors(join(plan.from, 'model.safetensors'));
    for (const name of trained.keys()) initial.set(name, storedIn(plan.from, begun, name));
  }
  return Trainer.create(
    {
      loss,
      metrics,
      parameters: trained,
      optimizer: adamW({ beta2: 0.99, weightDecay: 0.01 }),
      learningRate: plan.learningRate,
      schedule: product(warmUp(warmUpSteps), cosineDecay(plan.steps, 0.02)),
      maxGradientNorm: 1,
      averageDecay: 0.995,
      threads: plan.threads,
      weights,
    },
    initial,
  );
}

type Tensors = Awaited<ReturnType<typeof readSafetensors>>;

function storedIn(place: string, tensors: Tensors, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new Error(`${place}: expected ${name}, came none`);
  return toFloat32(tensor);
}

/** What is exported. */
export interface RefineExport extends Pick<RefineTrainingPlan, 'segmenter' | 'refiner'> {
  readonly checkpoint: string;
  /** Folder of a segmenter whose refiner counts as much as the run's (Wortsman et al. 2022). Default: the run's alone. */
  readonly average?: string | undefined;
}

/**
 * Writes the segmenter with the moving averages of a refiner's checkpoint.
 * @throws Error when the checkpoint or a segmenter lacks a weight
 */
export async function exportRefined(
  { checkpoint, average, ...from }: RefineExport,
  folder: string,
): Promise<void> {
  const config = await configOf(from);
  const read = (place: string) => readSafetensors(join(place, 'model.safetensors'));
  const averages = await readSafetensors(checkpoint);
  const stored = await read(from.segmenter);
  const other = average === undefined ? undefined : await read(average);
  const refinerWeight = (name: string): Float32Array => {
    const own = storedIn(checkpoint, averages, `average:${name}`);
    if (average === undefined || !other) return own;
    const others = storedIn(average, other, name);
    return own.map((value, i) => (value + (others[i] as number)) / 2);
  };
  const tensors = [...declareSam(config)].map(([name, { shape }]): [string, WritableTensor] => {
    const data = isTrained(name) ? refinerWeight(name) : storedIn(from.segmenter, stored, name);
    return [name, { dtype: 'F16', shape, data }];
  });
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors), { format: 'pt' });
  const layout = { architectures: ['SamModel'], model_type: 'sam', ...config };
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(layout, null, 2)}\n`);
}
