/** Trains the edit model: stages of growing pictures under one learning-rate schedule, resumable at every checkpoint. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { openTokenizer, type Tokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import { Trainer, type TrainingPlan } from '@darkroom/gpu-worker/training/trainer';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { alphasCumprod } from '@darkroom/shared/schedulers/betas';
import { parseSchedulerConfig } from '@darkroom/shared/schedulers/config';
import { advanceRun, type Report, stepOf } from './advance-run.ts';
import { makeBatch } from './batch.ts';
import { ChunkStream } from './chunk-stream.ts';
import { type Curriculum, type CurriculumName, curricula } from './curriculum.ts';
import { type BatchShape, type EditNetwork, editTraining } from './edit-model.ts';
import { editParts } from './export.ts';
import { initializeParameters } from './initialize.ts';
import { readProjection } from './projection-file.ts';
import { keepPlan } from './run-folder.ts';
import { schedulerJson } from './scheduler-json.ts';
import type { Size } from './view.ts';

export interface Stage {
  readonly size: Size;
  readonly batch: number;
  readonly steps: number;
  /** What it dwells on. */
  readonly curriculum: CurriculumName;
}

export interface EditPlan {
  readonly stages: readonly Stage[];
  readonly seed: number;
  readonly learningRate: number;
  /** Folder of the checkpoint, the log and the chunks. */
  readonly folder: string;
  /** Folder of `photos.bin` and `cutouts.bin`. */
  readonly cache: string;
  readonly tokenizer: string;
  readonly projection: string;
  /** Folder of exported weights to start from, instead of from random ones; ignored once there is a checkpoint. */
  readonly from?: string | undefined;
  readonly saveEvery: number;
  /** Default: the embedded model's. */
  readonly network?: EditNetwork | undefined;
  /** Examples that are made at a time and kept in one file. Default: 512. */
  readonly chunkExamples?: number | undefined;
  /** Stop after this many steps of the whole plan (to finish another time). Default: all. */
  readonly until?: number | undefined;
}

/** How often each example is seen on average. */
const reuse = 4;
const warmUpSteps = 150;

export async function trainEdit(plan: EditPlan, report: Report): Promise<void> {
  await mkdir(plan.folder, { recursive: true });
  const { stages, seed, learningRate, network } = plan;
  await keepPlan(plan.folder, { stages, seed, learningRate, network });
  const total = stepsOf(plan);
  const tokenizer = await openTokenizer(plan.tokenizer);
  const until = Math.min(plan.until ?? total, total);
  let first = 0;
  for (const [index, stage] of plan.stages.entries()) {
    const end = Math.min(first + stage.steps, until);
    const done = await stepOf(plan.folder);
    if (done < end) await trainStage(plan, { stage, index, first, end, total, tokenizer }, report);
    first += stage.steps;
  }
}

interface StageRun {
  readonly stage: Stage;
  readonly index: number;
  /** Steps of the stages before. */
  readonly first: number;
  readonly end: number;
  readonly total: number;
  readonly tokenizer: Tokenizer;
}

async function trainStage(plan: EditPlan, run: StageRun, report: Report): Promise<void> {
  const { stage, first, end, total, tokenizer } = run;
  const projection = await readProjection(plan.projection);
  const shape: BatchShape = {
    batch: stage.batch,
    height: stage.size.height / projection.patch,
    width: stage.size.width / projection.patch,
    length: tokenizer.length,
  };
  const curriculum = curricula[stage.curriculum];
  const { relativeLoss, noisyShare } = curriculum;
  const importance = projection.deviations.map((deviation) => deviation ** curriculum.deviationPower);
  await using trainer = await openTrainer(plan, { shape, importance, curriculum });
  await using stream = await openStream(plan, run);
  const alphas = alphasCumprod(parseSchedulerConfig(schedulerJson));
  const { folder, saveEvery } = plan;
  const feedsOf = async (step: number) => {
    const chunks = await stream.window((step - first) * stage.batch);
    return makeBatch({ chunks, tokenizer, alphas, shape, relativeLoss, noisyShare }, plan.seed, step);
  };
  await advanceRun(trainer, { folder, saveEvery, end, total }, feedsOf, report);
}

/** Replaces first values by those of an exported model; what was never exported (the text heads) stays random. */
async function takeOver(folder: string, initial: Map<string, Float32Array>): Promise<void> {
  for (const [prefix, file] of editParts) {
    for (const [name, tensor] of await readSafetensors(join(folder, file))) {
      const known = initial.get(prefix + name);
      if (known?.length !== toFloat32(tensor).length)
        throw new TypeError(`${folder}: ${prefix}${name} does not fit the network`);
      initial.set(prefix + name, toFloat32(tensor));
    }
  }
}

interface StageTask {
  readonly shape: BatchShape;
  readonly importance: Float32Array;
  readonly curriculum: Curriculum;
}

async function openTrainer(plan: EditPlan, { shape, importance, curriculum }: StageTask): Promise<Trainer> {
  const objective = { importance, knee: curriculum.lossKnee };
  const { loss, metrics, parameters } = editTraining(shape, objective, plan.network);
  const initial = initializeParameters(parameters, plan.seed, (name) => name === 'unet.conv_out.weight');
  if (plan.from !== undefined) await takeOver(plan.from, initial);
  const training: TrainingPlan = {
    loss,
    metrics,
    parameters,
    optimizer: adamW({ beta2: 0.99, weightDecay: 0.01 }),
    learningRate: plan.learningRate * curriculum.learningRateFactor,
    schedule: product(warmUp(warmUpSteps), cosineDecay(stepsOf(plan), 0.02)),
    maxGradientNorm: 1,
    averageDecay: 0.998,
  };
  return Trainer.create(training, initial);
}

function openStream(plan: EditPlan, { stage, index }: StageRun): Promise<ChunkStream> {
  const { width, height } = stage.size;
  const seed = plan.seed + index;
  const { cache, projection, chunkExamples: examples } = plan;
  const work = {
    cache,
    projection,
    size: stage.size,
    seed,
    curriculum: stage.curriculum,
    ...(examples !== undefined && { examples }),
  };
  return ChunkStream.open(
    join(plan.folder, `chunks-${width}x${height}-${stage.curriculum}-${seed}`),
    work,
    reuse,
  );
}

/** Steps of all stages. */
function stepsOf(plan: EditPlan): number {
  return plan.stages.reduce((sum, stage) => sum + stage.steps, 0);
}
