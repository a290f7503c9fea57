/** Training of the detector's second head on composed scenes; everything before it stays as published. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaughtHeadConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { taughtHead, taughtStride } from '@darkroom/gpu-worker/models/centernet/taught-head';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { Scope } from '@darkroom/graph/layers/scope';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { sizeOf } from '@darkroom/graph/shape';
import { input } from '@darkroom/graph/value';
import { openSceneSources } from '../../compositions/scene.ts';
import { dice } from '../../dice.ts';
import { initializeParameters } from '../initialize.ts';
import { checkpointFile, keepPlan, logFile, logStep, trimLog } from '../run-folder.ts';
import { allNouns, BalancedScenes, shownNouns } from './balanced-scenes.ts';
import { readCenternet } from './centernet-weights.ts';
import { centernetConfig } from './export-centernet.ts';
import {
  compileFrozen,
  type FeatureShard,
  featureNames,
  featureShapes,
  makeShard,
  readShard,
} from './feature-shards.ts';
import { targetInputs, taughtLoss, taughtTargets } from './taught-targets.ts';
import type { TfjsWeight } from './tfjs-weights.ts';

/** What to train, and where. */
export interface DetectPlan {
  readonly steps: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly saveEvery: number;
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

/** The second head as trained. */
export interface TaughtHead {
  readonly config: TaughtHeadConfig;
  /** Indices of the picture nouns that its rows are. */
  readonly nouns: readonly number[];
  readonly weights: ReadonlyMap<string, TfjsWeight>;
}

type Report = (step: number, steps: number, figures: Readonly<Record<string, number>>) => void;

/** Makes the scenes that are missing, then trains, from the last checkpoint where there is one. */
export async function trainDetect(plan: DetectPlan, report: Report): Promise<TaughtHead> {
  await mkdir(plan.folder, { recursive: true });
  const { cache, folder, saveEvery, ...settings } = plan;
  const sources = await openSceneSources(cache, 'train');
  const nouns = shownNouns(sources.objects.entries);
  await keepPlan(folder, { ...settings, nouns });
  await makeShards(plan, sources, nouns);
  const config: TaughtHeadConfig = { count: nouns.length, width: 128, image_size: plan.side };
  const scope = Scope.root();
  const shapes = featureShapes(plan.batch, plan.side);
  const { fused, sixteenth, thirtySecond } = {
    fused: input('fused', shapes.fused),
    sixteenth: input('sixteenth', shapes.sixteenth),
    thirtySecond: input('thirtySecond', shapes.thirtySecond),
  };
  const maps = taughtHead(scope.child('taught'), { fused, sixteenth, thirtySecond }, config);
  const targets = targetInputs(plan.batch, { rows: nouns.length, side: plan.side / taughtStride });
  const { loss, ...metrics } = taughtLoss(maps, targets);
  const initial = initializeParameters(scope.parameters, plan.seed, () => false);
  // Few places hold a given noun, so that at first none should be thought to (Lin et al. 2017, section 3.3).
  initial.get('taught.nouns.bias')?.fill(-5);
  await using trainer = await Trainer.create(
    {
      loss,
      metrics,
      parameters: scope.parameters,
      optimizer: adamW({ beta2: 0.99, weightDecay: 0.01 }),
      learningRate: plan.learningRate,
      schedule: product(warmUp(50), cosineDecay(plan.steps, 0.02)),
      maxGradientNorm: 5,
      averageDecay: 0.99,
    },
    initial,
  );
  await advance(trainer, plan, nouns.length, report);
  const weights = trainer.weights('average');
  return {
    config,
    nouns,
    weights: new Map(
      [...scope.parameters].map(([name, { shape }]) => [
        name,
        { shape, data: Float32Array.from(weights.get(name) as Float32Array) },
      ]),
    ),
  };
}

async function makeShards(
  plan: DetectPlan,
  sources: Awaited<ReturnType<typeof openSceneSources>>,
  nouns: readonly number[],
): Promise<void> {
  const book = allNouns(nouns);
  const config = centernetConfig();
  const published = await readCenternet(plan.cache, config);
  const weights = new Map([...published].map(([name, { data }]) => [name, data]));
  await using frozen = await compileFrozen(config, weights, 1, plan.side);
  const scenes = new BalancedScenes(sources, book);
  const shard = { scenes, book, seed: plan.seed, count: plan.shardScenes, side: plan.side };
  for (let index = 0; index < plan.shards; index++) {
    await makeShard(join(plan.folder, 'scenes'), frozen, shard, index);
  }
}

async function advance(trainer: Trainer, plan: DetectPlan, rows: number, report: Report): Promise<void> {
  const checkpoint = checkpointFile(plan.folder);
  if (existsSync(checkpoint)) await trainer.restore(checkpoint);
  const log = logFile(plan.folder);
  await trimLog(log, trainer.step);
  const stepsOfShard = Math.max(1, Math.floor(plan.shardScenes / plan.batch));
  let open: { visit: number; shard: FeatureShard } | undefined;
  while (trainer.step < plan.steps) {
    // Each visit to a shard takes every scene of it once, in an order of its own.
    const visit = Math.floor(trainer.step / stepsOfShard);
    if (open?.visit !== visit) {
      const index = shuffled(plan.shards, plan.seed, Math.floor(visit / plan.shards))[visit % plan.shards];
      open = { visit, shard: await readShard(join(plan.folder, 'scenes'), index as number) };
    }
    const order = shuffled(open.shard.count, plan.seed + 1, visit);
    const first = (trainer.step % stepsOfShard) * plan.batch;
    const batch = batchOf(open.shard, order.slice(first, first + plan.batch), { ...plan, rows });
    const figures = await trainer.advance(batch);
    await logStep(log, trainer.step, figures);
    report(trainer.step, plan.steps, figures);
    if (trainer.step % plan.saveEvery === 0 || trainer.step === plan.steps) await trainer.save(checkpoint);
  }
}

/** 0 … count − 1 in an order that the numbers determine (Fisher and Yates). */
function shuffled(count: number, seed: number, index: number): number[] {
  const random = dice(seed, index);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

function batchOf(
  shard: FeatureShard,
  chosen: readonly number[],
  { batch, side, rows }: Pick<DetectPlan, 'batch' | 'side'> & { rows: number },
): Record<string, Float32Array> {
  const cells = side / taughtStride;
  const inputs = { ...featureShapes(batch, side), ...shapesOf(targetInputs(batch, { rows, side: cells })) };
  const feeds = Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => [name, new Float32Array(sizeOf(shape))]),
  );
  chosen.forEach((scene, i) => {
    const targets = taughtTargets(shard.instances(scene), { rows, side: cells });
    const parts = {
      ...targets,
      ...Object.fromEntries(featureNames.map((name) => [name, shard.features(name, scene)])),
    };
    for (const [name, data] of Object.entries(parts)) feeds[name]?.set(data, i * data.length);
  });
  return feeds;
}

function shapesOf(values: ReturnType<typeof targetInputs>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(values).map(([name, { shape }]) => [name, shape]));
}
