/** Trains the refiner of a segmenter, resumable at every checkpoint; and writes the segmenter with it. */
import { mkdir } from 'node:fs/promises';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import {
  type RefinedSamConfig,
  SamCenternetConfig,
  SamRefinerConfig,
} from '@darkroom/gpu-worker/models/sam/sam-config';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { dice } from '../../dice.ts';
import { advanceRun, type Report } from '../advance-run.ts';
import { type Blend, blended } from '../blend.ts';
import { initializeParameters } from '../initialize.ts';
import { PreparedStream } from '../prepared-stream.ts';
import { keepPlan } from '../run-folder.ts';
import { type SceneTrainingPlan, sceneOptimizer } from '../scene-training.ts';
import { writeSam } from '../segment/write-sam.ts';
import { weightsIn, weightsOf } from '../stored-weights.ts';
import { isTrained, refineBatch, refineTraining } from './refine-model.ts';
import type { RefineSample } from './refine-sample.ts';
import type { RefineWork } from './refine-worker.ts';

export interface RefineTrainingPlan extends SceneTrainingPlan {
  /** Folder of the segmenter whose answers are refined, and whose backbone the refiner sees with. */
  readonly segmenter: string;
  /** Folder of a segmenter whose refiner to start from. Default: a new one. */
  readonly from?: string | undefined;
  readonly steps: number;
  /** Windows of a step. */
  readonly batch: number;
  /** Layout of the refiner. Default: {@link SamRefinerConfig}'s. */
  readonly refiner?: SamRefinerConfig | undefined;
}

const usualChunk = 24;
/** How many windows a step draws of each scene on average, over the time that the scene is at hand. */
const drawsPerScene = 10;

/** Trains until the plan's end, or `until`. */
export async function trainRefine(plan: RefineTrainingPlan, report: Report): Promise<void> {
  await mkdir(plan.folder, { recursive: true });
  const { seed, steps, batch, learningRate } = plan;
  await keepPlan(plan.folder, { seed, steps, batch, learningRate });
  const config = await configOf(plan);
  await using trainer = await openTrainer(plan, config);
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
  const feedsOf = async (step: number) => {
    const window = await stream.window(step * batch);
    const random = dice(seed + 1, step);
    const draw = () => window[Math.floor(random() * window.length)] as RefineSample;
    return refineBatch(Array.from({ length: batch }, draw));
  };
  const { folder, saveEvery } = plan;
  await advanceRun(trainer, { folder, saveEvery, end, total: steps }, feedsOf, report);
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
  const known = await weightsIn(plan.segmenter);
  const trained = new Map([...parameters].filter(([name]) => isTrained(name)));
  const initial = initializeParameters(trained, plan.seed, (name) =>
    /conv2\.weight$|refiner\.mask\.weight$/.test(name),
  );
  const frozen = [...parameters.keys()].filter((name) => !isTrained(name));
  const weights = new Map(frozen.map((name) => [name, known(name)]));
  if (plan.from !== undefined) {
    const begun = await weightsIn(plan.from);
    for (const name of trained.keys()) initial.set(name, begun(name));
  }
  return Trainer.create(
    {
      loss,
      metrics,
      parameters: trained,
      ...sceneOptimizer(plan, plan.steps),
      maxGradientNorm: 1,
      weights,
    },
    initial,
  );
}

/** What is exported. */
export interface RefineExport extends Pick<RefineTrainingPlan, 'segmenter' | 'refiner'> {
  readonly checkpoint: string;
  /** A segmenter whose refiner counts too. Default: the run's alone. */
  readonly average?: Blend | undefined;
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
  const run = await weightsOf(checkpoint);
  const known = await weightsIn(from.segmenter);
  const others = average && (await weightsIn(average.folder));
  const refined = (name: string): Float32Array =>
    blended(run(`average:${name}`), others?.(name), average?.share ?? 1);
  await writeSam(folder, config, (name) => (isTrained(name) ? refined(name) : known(name)));
}
