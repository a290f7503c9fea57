/** Trains the finder on the detector's weights, resumable at every checkpoint; and writes it as a detector's folder. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { declareCenternet } from '@darkroom/gpu-worker/models/centernet/declare-centernet';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { sizeOf } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import { between, dice } from '../../dice.ts';
import { type ObjectId, objectIds } from '../../edits.ts';
import { advanceRun, type Report } from '../advance-run.ts';
import { cocoLabels } from '../detect/coco-labels.ts';
import { PreparedStream } from '../prepared-stream.ts';
import { keepPlan } from '../run-folder.ts';
import { type SceneTrainingPlan, sceneOptimizer } from '../scene-training.ts';
import { weightsIn, weightsOf } from '../stored-weights.ts';
import { findBatch } from './find-batch.ts';
import { findConfig, findTraining } from './find-model.ts';
import { findNouns } from './find-nouns.ts';
import type { FindScene } from './find-scene.ts';
import type { FindWork } from './find-worker.ts';

export interface FindTrainingPlan extends SceneTrainingPlan {
  /** Folder of the detector whose weights it begins with. */
  readonly detector: string;
  /** Folder of a finder to start from instead. */
  readonly from?: string | undefined;
  readonly steps: number;
  /** Scenes of a step. */
  readonly batch: number;
  /** Side of the square. Default: the embedded finder's. */
  readonly side?: number | undefined;
}

const usualChunk = 64;
/** How often each scene is seen on average. */
const reuse = 3;

/** Trains until the plan's end, or `until`. */
export async function trainFind(plan: FindTrainingPlan, report: Report): Promise<void> {
  await mkdir(plan.folder, { recursive: true });
  const { seed, steps, batch, learningRate, folder, saveEvery } = plan;
  await keepPlan(folder, { seed, steps, batch, learningRate });
  const config = findConfig(plan.side);
  await using trainer = await openTrainer(plan, config);
  const scenes = plan.chunkScenes ?? usualChunk;
  const work: FindWork = { side: config.image_size, seed, scenes, cache: plan.cache };
  const thread = new URL('./find-worker.ts', import.meta.url);
  await using stream = new PreparedStream<FindScene>(thread, work, scenes * reuse);
  const feedsOf = async (step: number) => {
    const window = await stream.window(step * batch);
    const random = dice(seed + 1, step);
    const draw = () => window[Math.floor(random() * window.length)] as FindScene;
    return findBatch(Array.from({ length: batch }, draw), config.image_size);
  };
  const end = Math.min(plan.until ?? steps, steps);
  await advanceRun(trainer, { folder, saveEvery, end, total: steps }, feedsOf, report);
}

async function openTrainer(plan: FindTrainingPlan, config: CenternetConfig): Promise<Trainer> {
  const { loss, metrics, parameters } = findTraining(plan.batch, config);
  const initial = await firstValues(parameters, plan);
  const trained = new Map([...parameters].filter(([name]) => !isFrozen(name)));
  const frozen = [...parameters.keys()].filter(isFrozen);
  return Trainer.create(
    {
      loss,
      metrics,
      parameters: trained,
      ...sceneOptimizer(plan, plan.steps),
      maxGradientNorm: 5,
      weights: new Map(frozen.map((name) => [name, initial.get(name) as Float32Array])),
    },
    initial,
  );
}

/** Whether a weight stays as it was published. */
function isFrozen(name: string): boolean {
  return name.startsWith('backbone.');
}

/** COCO's class that a thing's row begins as, where there is one. */
const cocoRows: Readonly<Partial<Record<ObjectId, string>>> = { ball: 'sports ball', flower: 'potted plant' };
const classPrefix = 'classes.project.';
/** Bias of the rows of things that COCO does not know: their probability begins near 0.01. */
const rareBias = -4.6;

/** The detector's weights; of its classes those that are wanted. */
async function firstValues(
  parameters: ReadonlyMap<string, Pick<Value, 'shape'>>,
  { detector, from, seed }: Pick<FindTrainingPlan, 'detector' | 'from' | 'seed'>,
): Promise<Map<string, Float32Array>> {
  const folder = from ?? detector;
  const known = await weightsIn(folder);
  const random = dice(seed, 0);
  return new Map(
    [...parameters].map(([name, { shape }]) => {
      const values = known(name);
      if (values.length === sizeOf(shape)) return [name, values];
      if (!name.startsWith(classPrefix))
        throw new Error(`${folder}: ${name} expected to be of shape [${shape}]`);
      const width = sizeOf(shape) / objectIds.length;
      const rows = objectIds.map((id) => {
        const row = cocoLabels.indexOf(cocoRows[id] ?? id);
        if (row >= 0) return values.subarray(row * width, (row + 1) * width);
        return Float32Array.from({ length: width }, () =>
          width === 1 ? rareBias : between(random, -0.05, 0.05),
        );
      });
      return [name, Float32Array.from(rows.flatMap((row) => [...row]))];
    }),
  );
}

/** What is exported, and where it came from. */
export interface FindExport extends Pick<FindTrainingPlan, 'detector' | 'from' | 'seed'> {
  readonly checkpoint: string;
}

/**
 * Writes the moving averages of a checkpoint beside what was never trained as a detector's folder, in half precision.
 * @throws Error when the checkpoint lacks a weight
 */
export async function exportFind({ checkpoint, ...start }: FindExport, folder: string): Promise<void> {
  const config = findConfig();
  const declared = declareCenternet(config);
  const initial = await firstValues(declared, start);
  const trained = await weightsOf(checkpoint);
  const tensors = [...declared].map(([name, { shape }]): [string, WritableTensor] => {
    const data = isFrozen(name) ? (initial.get(name) as Float32Array) : trained(`average:${name}`);
    return [name, { dtype: 'F16', shape, data }];
  });
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors));
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const rows = findNouns().map((noun) => JSON.stringify(noun));
  await writeFile(join(folder, 'nouns.json'), `[\n${rows.join(',\n')}\n]\n`);
}
