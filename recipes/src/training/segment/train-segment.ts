/** Trains the segmenter: stages of growing pictures under one learning-rate schedule, resumable at every checkpoint. */
import { mkdir } from 'node:fs/promises';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { advanceRun, type Report, stepOf } from '../advance-run.ts';
import { PreparedStream } from '../prepared-stream.ts';
import { keepPlan } from '../run-folder.ts';
import { type SceneTrainingPlan, sceneOptimizer } from '../scene-training.ts';
import { firstValues, type SegmentStart } from './initialize-segment.ts';
import { segmentBatch } from './prompts.ts';
import type { PreparedScene } from './scene-chunk.ts';
import type { SceneWork } from './scene-worker.ts';
import { isFrozen, type SegmentShape, segmentConfig, segmentTraining } from './segment-model.ts';

/** One part of a training. */
export interface SegmentStage extends SegmentShape {
  /** Side of the padded picture. */
  readonly side: number;
  readonly steps: number;
}

export interface SegmentPlan extends SegmentStart, SceneTrainingPlan {
  readonly stages: readonly SegmentStage[];
}

const usualChunk = 64;
/** How often each scene is seen on average, each time with other prompts. */
const reuse = 3;

/** Trains until the plan's end, or `until`. */
export async function trainSegment(plan: SegmentPlan, report: Report): Promise<void> {
  await mkdir(plan.folder, { recursive: true });
  const { stages, seed, learningRate } = plan;
  await keepPlan(plan.folder, { stages, seed, learningRate });
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  const until = Math.min(plan.until ?? total, total);
  let first = 0;
  for (const [index, stage] of stages.entries()) {
    const end = Math.min(first + stage.steps, until);
    if ((await stepOf(plan.folder)) < end)
      await trainStage(plan, { stage, index, first, end, total }, report);
    first += stage.steps;
  }
}

interface StageRun {
  readonly stage: SegmentStage;
  readonly index: number;
  /** Steps of the stages before. */
  readonly first: number;
  readonly end: number;
  readonly total: number;
}

async function trainStage(plan: SegmentPlan, run: StageRun, report: Report): Promise<void> {
  const { stage, index, first, end, total } = run;
  await using trainer = await openTrainer(plan, stage, total);
  const scenes = plan.chunkScenes ?? usualChunk;
  const work = { cache: plan.cache, side: stage.side, seed: plan.seed + index, scenes };
  await using stream = new PreparedStream<PreparedScene>(
    new URL('./scene-worker.ts', import.meta.url),
    work satisfies SceneWork,
    scenes * reuse,
  );
  const { folder, saveEvery, seed } = plan;
  const feedsOf = async (step: number) =>
    segmentBatch(await stream.window((step - first) * stage.images), stage, stage.side, seed, step);
  await advanceRun(trainer, { folder, saveEvery, end, total }, feedsOf, report);
}

async function openTrainer(plan: SegmentPlan, stage: SegmentStage, total: number): Promise<Trainer> {
  const { loss, metrics, parameters } = segmentTraining(stage, segmentConfig(stage.side));
  const initial = await firstValues(parameters, plan);
  const trained = new Map([...parameters].filter(([name]) => !isFrozen(name)));
  const frozen = [...parameters.keys()].filter(isFrozen);
  return Trainer.create(
    {
      loss,
      metrics,
      parameters: trained,
      ...sceneOptimizer(plan, total),
      maxGradientNorm: 1,
      weights: new Map(frozen.map((name) => [name, initial.get(name) as Float32Array])),
    },
    initial,
  );
}
