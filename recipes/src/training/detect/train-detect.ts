/** Training of the detector's second head on composed scenes; everything before it stays as published. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaughtHeadConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { taughtScores } from '@darkroom/gpu-worker/models/centernet/taught-head';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { Scope } from '@darkroom/graph/layers/scope';
import { mul, neg, scale } from '@darkroom/graph/ops/elementwise';
import { logSoftmax, reduceSum } from '@darkroom/graph/ops/reduction';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { input } from '@darkroom/graph/value';
import { openSceneSources, type SceneSources } from '../../compositions/scene.ts';
import { dice, normal } from '../../dice.ts';
import { initializeParameters } from '../initialize.ts';
import { checkpointFile, keepPlan, logFile, logStep, trimLog } from '../run-folder.ts';
import { allNouns, BalancedScenes, shownNouns } from './balanced-scenes.ts';
import { readCenternet } from './centernet-weights.ts';
import { centernetConfig, type TaughtHead } from './export-centernet.ts';
import { compileFrozen, makeShard, readShard } from './feature-shards.ts';
import {
  cellsOfShard,
  type FeatureScale,
  foldScale,
  restRows,
  scaleOf,
  type TaughtCells,
} from './taught-cells.ts';

/** What to train, and where. */
export interface DetectPlan {
  readonly steps: number;
  /** Places of a step. */
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly saveEvery: number;
  /** Stop after this step; the same plan goes on later. */
  readonly until?: number | undefined;
  /** Files of scenes, and scenes of each. */
  readonly shards: number;
  readonly shardScenes: number;
  /** Side of a scene in pixels. */
  readonly side: number;
  /** Folder of `npm run data:fetch`. */
  readonly cache: string;
  /** The run's own folder. */
  readonly folder: string;
}

type Report = (step: number, steps: number, figures: Readonly<Record<string, number>>) => void;

/** Channels between features and rows. */
const headWidth = 192;

/** Makes the scenes that are missing, then trains, from the last checkpoint where there is one. */
export async function trainDetect(plan: DetectPlan, report: Report): Promise<TaughtHead> {
  await mkdir(plan.folder, { recursive: true });
  const { cache, folder, saveEvery, until, ...settings } = plan;
  const sources = await openSceneSources(cache, 'train');
  const nouns = shownNouns(sources.objects.entries);
  await keepPlan(folder, { ...settings, nouns });
  await makeShards(plan, sources, nouns);
  const cells = await readCells(plan, nouns.length);
  const featureScale = scaleOf(cells);
  const config: TaughtHeadConfig = {
    count: nouns.length,
    rest: restRows,
    width: headWidth,
    image_size: plan.side,
  };
  const { trainer, parameters } = await openTrainer(plan, config, cells.width);
  await using _ = trainer;
  await advance(trainer, plan, { cells, featureScale, rows: config.count + config.rest }, report);
  const weights = trainer.weights('average');
  const of = (name: string): Float32Array => weights.get(name) as Float32Array;
  const hidden = foldScale(of('taught.hidden.weight'), of('taught.hidden.bias'), featureScale);
  const folded = new Map([
    ['taught.hidden.weight', hidden.weight],
    ['taught.hidden.bias', hidden.bias],
  ]);
  return {
    config,
    nouns,
    weights: new Map(
      [...parameters].map(([name, { shape }]) => [
        name,
        { shape, data: folded.get(name) ?? Float32Array.from(of(name)) },
      ]),
    ),
  };
}

async function openTrainer(plan: DetectPlan, config: TaughtHeadConfig, width: number) {
  const scope = Scope.root();
  const scores = taughtScores(scope.child('taught'), input('features', [1, width, 1, plan.batch]), config);
  // Cross-entropy; `shown` has a 1 at each place's row.
  const shown = input('shown', scores.shape);
  const loss = scale(neg(reduceSum(mul(shown, logSoftmax(scores, 1)))), 1 / plan.batch);
  const initial = initializeParameters(scope.parameters, plan.seed, () => false);
  const trainer = await Trainer.create(
    {
      loss,
      parameters: scope.parameters,
      optimizer: adamW({ beta2: 0.99, weightDecay: 0.1 }),
      learningRate: plan.learningRate,
      schedule: product(warmUp(50), cosineDecay(plan.steps, 0.02)),
      maxGradientNorm: 5,
      averageDecay: 0.99,
    },
    initial,
  );
  return { trainer, parameters: scope.parameters };
}

async function makeShards(plan: DetectPlan, sources: SceneSources, nouns: readonly number[]): Promise<void> {
  const book = allNouns(nouns);
  const config = centernetConfig();
  const published = await readCenternet(plan.cache, config);
  const weights = new Map([...published].map(([name, { data }]) => [name, data]));
  await using frozen = await compileFrozen(config, weights, 1, plan.side);
  const scenes = new BalancedScenes(sources, book);
  const shard = { scenes, book, seed: plan.seed, count: plan.shardScenes, side: plan.side };
  for (let index = 0; index < plan.shards; index++) {
    await makeShard(scenesFolder(plan), frozen, shard, index);
  }
}

const scenesFolder = ({ folder }: DetectPlan): string => join(folder, 'scenes');

async function readCells(plan: DetectPlan, count: number): Promise<TaughtCells> {
  const all: TaughtCells[] = [];
  for (let index = 0; index < plan.shards; index++) {
    const shard = await readShard(scenesFolder(plan), index);
    all.push(cellsOfShard(shard, { side: plan.side, count, random: dice(plan.seed + 2, index) }));
  }
  const width = all[0]?.width ?? 0;
  const rows = Int32Array.from(all.flatMap((cells) => [...cells.rows]));
  const features = new Float32Array(width * rows.length);
  let at = 0;
  for (const cells of all) {
    features.set(cells.features, at);
    at += cells.features.length;
  }
  return { features, width, rows };
}

interface Lesson {
  readonly cells: TaughtCells;
  readonly featureScale: FeatureScale;
  readonly rows: number;
}

async function advance(trainer: Trainer, plan: DetectPlan, lesson: Lesson, report: Report): Promise<void> {
  const checkpoint = checkpointFile(plan.folder);
  if (existsSync(checkpoint)) await trainer.restore(checkpoint);
  const log = logFile(plan.folder);
  await trimLog(log, trainer.step);
  const last = Math.min(plan.steps, plan.until ?? plan.steps);
  while (trainer.step < last) {
    const figures = await trainer.advance(batchOf(lesson, plan, trainer.step));
    await logStep(log, trainer.step, figures);
    report(trainer.step, plan.steps, figures);
    if (trainer.step % plan.saveEvery === 0 || trainer.step === last) await trainer.save(checkpoint);
  }
}

/** How far features are shaken, in deviations: few things of each noun were seen. */
const noise = 0.3;

/** Places for a step, channels first; which they are depends on seed and step alone. */
function batchOf(
  { cells, featureScale, rows }: Lesson,
  { batch, seed }: DetectPlan,
  step: number,
): { features: Float32Array; shown: Float32Array } {
  const { width } = cells;
  const random = dice(seed + 3, step);
  const features = new Float32Array(batch * width);
  const shown = new Float32Array(batch * rows);
  for (let i = 0; i < batch; i++) {
    const cell = Math.floor(random() * cells.rows.length);
    shown[(cells.rows[cell] as number) * batch + i] = 1;
    for (let channel = 0; channel < width; channel++) {
      const value =
        (cells.features[cell * width + channel] as number) - (featureScale.mean[channel] as number);
      features[channel * batch + i] =
        value / (featureScale.deviation[channel] as number) + noise * normal(random);
    }
  }
  return { features, shown };
}
