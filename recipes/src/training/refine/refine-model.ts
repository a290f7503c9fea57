/** The refiner's loss as one graph. */
import { guidePlanes, samRefiner } from '@darkroom/gpu-worker/models/sam/refiner';
import type { RefinedSamConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { Scope } from '@darkroom/graph/layers/scope';
import { narrow } from '@darkroom/graph/ops/movement';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { input, type Value } from '@darkroom/graph/value';
import { maskFigures } from '../segment/mask-loss.ts';
import { guideScale, type RefineSample } from './refine-sample.ts';

/** Whether a weight is the refiner's own: the backbone stays as it was published. */
export function isTrained(name: string): boolean {
  return name.startsWith('refiner.');
}

export interface RefineTraining {
  readonly loss: Value;
  /** Mean intersection over union of the refined mask, and of the answer before. */
  readonly metrics: Readonly<Record<'iou' | 'before', Value>>;
  readonly parameters: ReadonlyMap<string, Value>;
}

/** Inputs: `image` [B, 3, S, S], `guide` [B, 3, S/2, S/2] and `target` [B, 1, S/2, S/2], as {@link refineBatch} makes them. */
export function refineTraining(batch: number, config: RefinedSamConfig): RefineTraining {
  const side = config.refiner_config.image_size;
  const scope = Scope.root();
  const guide = input('guide', [batch, guidePlanes, side / 2, side / 2]);
  const target = input('target', [batch, 1, side / 2, side / 2]);
  const logits = samRefiner(scope, { image: input('image', [batch, 3, side, side]), guide }, config);
  const { distance, iou } = maskFigures(logits, target);
  const before = maskFigures(narrow(guide, 1, 0, 1), target);
  return {
    loss: reduceMean(distance),
    metrics: { iou: reduceMean(iou), before: reduceMean(before.iou) },
    parameters: scope.parameters,
  };
}

/** Feeds of {@link refineTraining}. */
export interface RefineBatch {
  readonly image: Float32Array;
  readonly guide: Float32Array;
  readonly target: Float32Array;
  readonly [name: string]: Float32Array;
}

export function refineBatch(samples: readonly RefineSample[]): RefineBatch {
  return {
    image: joined(samples.map(({ image }) => image)),
    guide: joined(
      samples.map(({ guide }) => guide),
      guideScale,
    ),
    target: joined(
      samples.map(({ target }) => target),
      255,
    ),
  };
}

function joined(parts: readonly (Uint8Array | Int8Array)[], divisor = 1): Float32Array {
  const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) for (const value of part) all[at++] = value / divisor;
  return all;
}
