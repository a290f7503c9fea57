/** Scenes as the frozen detector sees them, made a shard at a time and kept as files: training reads them again and again. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { centernetBackbone } from '@darkroom/gpu-worker/models/centernet/backbone';
import type { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { centernetNeck } from '@darkroom/gpu-worker/models/centernet/heads';
import { halved } from '@darkroom/gpu-worker/models/centernet/taught-head';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import type { NounBook } from '@darkroom/gpu-worker/vision/noun-book';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input } from '@darkroom/graph/value';
import type { ComposedScene } from '../../compositions/scene.ts';
import { type BalancedScenes, rowOf } from './balanced-scenes.ts';

/** Names of the features that the second head reads, in this order everywhere. */
export const featureNames = ['fused', 'sixteenth', 'thirtySecond'] as const;
export type FeatureName = (typeof featureNames)[number];

/** One thing of a scene. */
export interface TaughtInstance {
  /** Row of its noun; negative: no noun names it. */
  readonly row: number;
  /** In pixels of the scene. */
  readonly box: readonly [number, number, number, number];
}

/** Scenes of one file. */
export interface FeatureShard {
  readonly count: number;
  /** Values of scene `i`. */
  readonly features: (name: FeatureName, i: number) => Float32Array;
  readonly instances: (i: number) => readonly TaughtInstance[];
}

/** What a shard holds. */
export interface ShardPlan {
  readonly scenes: BalancedScenes;
  readonly book: NounBook;
  readonly seed: number;
  /** Scenes of a shard. */
  readonly count: number;
  /** Side of a scene in pixels. */
  readonly side: number;
}

/** Shapes of the features of `batch` scenes. */
export function featureShapes(batch: number, side: number): Record<FeatureName, number[]> {
  return {
    fused: [batch, 128, side / 8, side / 8],
    sixteenth: [batch, 88, side / 16, side / 16],
    thirtySecond: [batch, 480, side / 32, side / 32],
  };
}

/** The frozen part of the detector, for `batch` scenes at a time. */
export function compileFrozen(
  config: CenternetConfig,
  weights: ReadonlyMap<string, Float32Array>,
  batch: number,
  side: number,
): Promise<Session> {
  const scope = Scope.root();
  const image = input('image', [batch, 3, side, side]);
  const features = centernetBackbone(scope.child('backbone'), image, config.backbone_config);
  const fused = halved(centernetNeck(scope.child('neck'), features, config));
  const { sixteenth, thirtySecond } = features;
  return Session.compile(graphOf({ fused, sixteenth, thirtySecond }), { weights });
}

/** Planes of red, green and blue, 0 to 255, as the detector takes them. */
export function scenePixels({ image: { width, height, data } }: ComposedScene): Float32Array {
  const pixels = new Float32Array(data.length);
  const area = width * height;
  for (let i = 0; i < data.length; i++) {
    const value = Math.round(255 * Math.min(1, Math.max(0, data[i] as number)));
    pixels[(i % 3) * area + Math.floor(i / 3)] = value;
  }
  return pixels;
}

/** Things of a scene with their taught rows. */
export function sceneInstances({ instances }: ComposedScene, book: NounBook): TaughtInstance[] {
  return instances.map(({ noun, box }) => ({ row: rowOf(noun, book) ?? -1, box }));
}

/** Makes shard `index` of the list that the plan's seed names, unless its file is there. */
export async function makeShard(
  folder: string,
  frozen: Session,
  plan: ShardPlan,
  index: number,
): Promise<void> {
  const file = shardFile(folder, index);
  if (existsSync(file)) return;
  await mkdir(folder, { recursive: true });
  const { scenes, count, side, book, seed } = plan;
  const shapes = featureShapes(count, side);
  const kept = Object.fromEntries(
    featureNames.map((name) => [name, new Float32Array(shapes[name].reduce((a, b) => a * b))]),
  ) as Record<FeatureName, Float32Array>;
  const boxes: number[] = [];
  for (let i = 0; i < count; i++) {
    const scene = scenes.draw({ size: { width: side, height: side }, seed, index: index * count + i });
    const seen = (await frozen.run({ image: scenePixels(scene) })) as Record<FeatureName, Float32Array>;
    for (const name of featureNames) kept[name].set(seen[name], i * seen[name].length);
    for (const { row, box } of sceneInstances(scene, book)) boxes.push(i, row, ...box);
  }
  const tensors = new Map<string, WritableTensor>(
    featureNames.map((name) => [name, { dtype: 'F16', shape: shapes[name], data: kept[name] }]),
  );
  const data = Float32Array.from(boxes);
  tensors.set('boxes', { dtype: 'F32', shape: [data.length / 6, 6], data });
  await writeSafetensors(file, tensors);
}

/** Reads a shard that was made. */
export async function readShard(folder: string, index: number): Promise<FeatureShard> {
  const stored = await readSafetensors(shardFile(folder, index));
  const of = (name: string) => {
    const tensor = stored.get(name);
    if (!tensor) throw new Error(`${shardFile(folder, index)}: expected ${name}, came none`);
    return tensor;
  };
  const count = of('fused').shape[0] as number;
  const boxes = toFloat32(of('boxes'));
  return {
    count,
    features: (name, i) => {
      const { dtype, shape, data } = of(name);
      const length = data.length / count;
      const part = data.slice(i * length, (i + 1) * length) as typeof data;
      return toFloat32({ dtype, shape: shape.with(0, 1), data: part });
    },
    instances: (i) => {
      const found: TaughtInstance[] = [];
      for (let at = 0; at < boxes.length; at += 6) {
        if (boxes[at] !== i) continue;
        const [, row, ...box] = boxes.subarray(at, at + 6);
        found.push({ row: row as number, box: box as unknown as TaughtInstance['box'] });
      }
      return found;
    },
  };
}

function shardFile(folder: string, index: number): string {
  return join(folder, `shard-${String(index).padStart(4, '0')}.safetensors`);
}
