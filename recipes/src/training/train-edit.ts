/** Trains the edit model: stages of growing pictures under one learning-rate schedule, resumable at every checkpoint. */
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTokenizer, type Tokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import { type StepReport, Trainer } from '@darkroom/gpu-worker/training/trainer';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { alphasCumprod } from '@darkroom/shared/schedulers/betas';
import { parseSchedulerConfig } from '@darkroom/shared/schedulers/config';
import { makeBatch } from './batch.ts';
import { ChunkStream } from './chunk-stream.ts';
import { type BatchShape, editTraining } from './edit-model.ts';
import { initializeParameters } from './initialize.ts';
import { readProjection } from './projection-file.ts';
import { schedulerJson } from './scheduler-json.ts';
import type { Size } from './view.ts';

export interface Stage {
  readonly size: Size;
  readonly batch: number;
  readonly steps: number;
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
  readonly saveEvery: number;
  /** Stop after this many steps of the whole plan (to finish another time). Default: all. */
  readonly until?: number;
}

/** Full picture area relative to which the cost of a batch is the same. */
const reuse = 4;
const warmUpSteps = 150;

export type Report = (step: number, total: number, report: StepReport & { readonly seconds: number }) => void;

export async function trainEdit(plan: EditPlan, report: Report): Promise<void> {
  await mkdir(plan.folder, { recursive: true });
  const total = plan.stages.reduce((sum, stage) => sum + stage.steps, 0);
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

export function checkpointFile(folder: string): string {
  return join(folder, 'checkpoint.safetensors');
}

async function stepOf(folder: string): Promise<number> {
  const file = join(folder, 'progress.json');
  if (!existsSync(file) || !existsSync(checkpointFile(folder))) return 0;
  return (JSON.parse(await readFile(file, 'utf8')) as { step: number }).step;
}

async function trainStage(plan: EditPlan, run: StageRun, report: Report): Promise<void> {
  const { stage, index, end, total, tokenizer } = run;
  const projection = await readProjection(plan.projection);
  const shape: BatchShape = {
    batch: stage.batch,
    height: stage.size.height / projection.patch,
    width: stage.size.width / projection.patch,
    length: tokenizer.length,
  };
  const { loss, metrics, parameters } = editTraining(shape, projection.deviations);
  const initial = initializeParameters(parameters, plan.seed, (name) => name === 'unet.conv_out.weight');
  await using trainer = await Trainer.create(
    {
      loss,
      metrics,
      parameters,
      optimizer: adamW({ beta2: 0.99, weightDecay: 0.01 }),
      learningRate: plan.learningRate,
      schedule: product(warmUp(warmUpSteps), cosineDecay(total, 0.02)),
      maxGradientNorm: 1,
      averageDecay: 0.998,
    },
    initial,
  );
  if (existsSync(checkpointFile(plan.folder))) await trainer.restore(checkpointFile(plan.folder));
  await trimLog(plan.folder, trainer.step);
  const { width, height } = stage.size;
  const work = { cache: plan.cache, projection: plan.projection, size: stage.size, seed: plan.seed + index };
  const folder = join(plan.folder, `chunks-${width}x${height}-${work.seed}`);
  await using stream = await ChunkStream.open(folder, work, reuse);
  const alphas = alphasCumprod(parseSchedulerConfig(schedulerJson));
  while (trainer.step < end) {
    const { step } = trainer;
    const began = performance.now();
    const chunks = await stream.window((step - run.first) * stage.batch);
    const batch = makeBatch({ chunks, tokenizer, alphas, shape }, plan.seed, step);
    const figures = await trainer.advance(batch);
    if (!Number.isFinite(figures['loss']))
      throw new Error(`the loss became ${figures['loss']} at step ${step}`);
    const line = { ...figures, seconds: (performance.now() - began) / 1000 };
    await appendFile(logFile(plan.folder), `${JSON.stringify({ step: trainer.step, ...line })}\n`);
    report(trainer.step, total, line);
    if (trainer.step % plan.saveEvery === 0 || trainer.step === end) await save(trainer, plan.folder);
  }
}

async function save(trainer: Trainer, folder: string): Promise<void> {
  await trainer.save(checkpointFile(folder));
  await writeFile(join(folder, 'progress.json'), JSON.stringify({ step: trainer.step }));
}

function logFile(folder: string): string {
  return join(folder, 'log.jsonl');
}

/** Drops log lines of steps that a kill undid. */
async function trimLog(folder: string, step: number): Promise<void> {
  if (!existsSync(logFile(folder))) return;
  const lines = (await readFile(logFile(folder), 'utf8')).split('\n').filter((line) => line !== '');
  const kept = lines.filter((line) => (JSON.parse(line) as { step: number }).step <= step);
  await writeFile(logFile(folder), kept.map((line) => `${line}\n`).join(''));
}
