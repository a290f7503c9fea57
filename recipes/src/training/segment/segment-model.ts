/** The embedded segmenter: its layout, and the loss of several rounds of prompts as one graph. */
import { samImageEncoder } from '@darkroom/gpu-worker/models/sam/image-encoder';
import { type FinerFeatures, samMaskDecoder } from '@darkroom/gpu-worker/models/sam/mask-decoder';
import {
  embedMask,
  embedPoints,
  imagePositions,
  noMask,
  pointKinds,
} from '@darkroom/gpu-worker/models/sam/prompt-encoder';
import { gridSide, SamCenternetConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { maskLimit } from '@darkroom/gpu-worker/vision/prompt-map';
import { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, clamp, equal, mul, scale, where } from '@darkroom/graph/ops/elementwise';
import { concat, narrow, reshape } from '@darkroom/graph/ops/movement';
import { expand, reduceMax, reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import { filled, input, type Value } from '@darkroom/graph/value';
import { correctiveClick } from './corrective-click.ts';
import { maskFigures } from './mask-loss.ts';

/** The embedded model's layout at a side of the padded picture. */
export function segmentConfig(side: number): SamCenternetConfig {
  const shared = { hidden_size: 128, image_size: side };
  return SamCenternetConfig.parse({
    vision_config: {
      model_type: 'centernet',
      output_channels: 128,
      image_size: side,
      num_pos_feats: 64,
      neck_layers: 3,
    },
    prompt_encoder_config: shared,
    mask_decoder_config: {
      hidden_size: 128,
      mlp_dim: 512,
      num_attention_heads: 4,
      iou_head_hidden_dim: 128,
    },
  });
}

/** How many pictures, prompts and rounds a step has. */
export interface SegmentShape {
  readonly images: number;
  /** Prompts on each image. */
  readonly prompts: number;
  /** The first is one prompt alone; each further one adds a click where the answer before was wrong. */
  readonly rounds: number;
}

/** Tokens of a first prompt: up to three clicks and one that stands for the lack of a box, or a click and two corners. */
export const firstSlots = 4;

/** Part of each row's loss that alternatives share which did not come closest, so that none is forgotten. */
const spread = 0.05;

export interface SegmentTraining {
  readonly loss: Value;
  /** Mean intersection over union of the answer that would be taken, by round. */
  readonly metrics: Readonly<Record<string, Value>>;
  /** All weights; those of the backbone and of the positions are not trained. */
  readonly parameters: ReadonlyMap<string, Value>;
}

/** Whether a weight stays as it was published or drawn. */
export function isFrozen(name: string): boolean {
  return name.startsWith('vision_encoder.backbone.') || name.startsWith('shared_image_embedding.');
}

/**
 * Inputs: `image` [B, 3, S, S]; for each of B · P rows `points` [R, 4, 2] and `kinds` [R, 4] of the first prompt,
 * `prior` and `marks` [R, 1, S/4, S/4] as `drawPrior` and `addMark` draw them, `target` [R, 1, S/4, S/4] in [0, 1], `chance` [R, 1, S/4, S/4] in [0, 1] (0 in the padding: no click goes there) and
 * `keeps` bool [R, 1, 1, 1]: whether later rounds are told the mask before.
 */
export function segmentTraining(shape: SegmentShape, config: SamCenternetConfig): SegmentTraining {
  const scope = Scope.root();
  const rows = shape.images * shape.prompts;
  const { image_size: side } = config.vision_config;
  const plane = side / 4;
  const encoded = samImageEncoder(scope, input('image', [shape.images, 3, side, side]), config);
  const finer = encoded.finer as FinerFeatures;
  const image = repeatRows(encoded.embeddings, shape.prompts);
  const details: FinerFeatures = {
    eighth: repeatRows(finer.eighth, shape.prompts),
    quarter: repeatRows(finer.quarter, shape.prompts),
  };
  const target = input('target', [rows, 1, plane, plane]);
  const chance = input('chance', [rows, 1, plane, plane]);
  const keeps = input('keeps', [rows, 1, 1, 1], 'bool');
  const grid = gridSide(config.vision_config);
  const positions = imagePositions(scope, [grid, grid], config);
  // Every prompt is drawn, so what stands for the lack of a mask is never asked for; it is the model's all the same.
  noMask(scope, config);
  const prior = input('prior', [rows, 1, plane, plane]);
  let marks = input('marks', [rows, 1, plane, plane]);
  let prompt = {
    points: input('points', [rows, firstSlots, 2]),
    kinds: input('kinds', [rows, firstSlots], 'int64'),
  };
  let known = prior;
  const losses: Value[] = [];
  const metrics: Record<string, Value> = {};
  for (let round = 0; round < shape.rounds; round++) {
    const output = samMaskDecoder(
      scope,
      {
        image,
        dense: embedMask(scope, add(known, marks), config),
        positions,
        sparse: embedPoints(scope, prompt.points, prompt.kinds, config),
        absent: equal(prompt.kinds, filled(pointKinds.absent, [], 'int64')),
        finer: details,
      },
      config.mask_decoder_config,
    );
    const { loss, iou, answer } = roundLoss(output, target, round === 0);
    losses.push(loss);
    metrics[`iou${round + 1}`] = reduceMean(iou);
    if (round === shape.rounds - 1) break;
    const previous = withoutGradient(answer);
    const click = correctiveClick(previous, target, chance);
    prompt = {
      points: concat([prompt.points, click.points], 1),
      kinds: concat([prompt.kinds, click.kinds], 1),
    };
    known = where(keeps, clamp(previous, -maskLimit, maskLimit), prior);
    marks = add(marks, click.mark);
  }
  const total = losses.reduce(add);
  return { loss: scale(total, 1 / shape.rounds), metrics, parameters: scope.parameters };
}

/** [B, …] -> [B · count, …], each row `count` times. */
function repeatRows(x: Value, count: number): Value {
  const [batch, ...rest] = x.shape as [number, ...number[]];
  const spreadOut = expand(reshape(x, [batch, 1, ...rest]), [batch, count, ...rest]);
  return reshape(spreadOut, [batch * count, ...rest]);
}

interface RoundLoss {
  readonly loss: Value;
  /** [R] of the answer taken. */
  readonly iou: Value;
  /** Logits of the answer taken, [R, 1, h, w]. */
  readonly answer: Value;
}

/**
 * The first prompt may mean several things: the alternative that came closest counts, and the single answer does too.
 * Later only the single answer counts. All estimates of quality are taught.
 */
function roundLoss(
  { masks, iou: estimates }: { readonly masks: Value; readonly iou: Value },
  target: Value,
  isFirst: boolean,
): RoundLoss {
  const [rows, count, height, width] = masks.shape as [number, number, number, number];
  if (!isFirst) {
    const single = narrow(masks, 1, 0, 1);
    const { distance, iou } = maskFigures(single, target);
    const loss = add(reduceMean(distance), squaredError(narrow(estimates, 1, 0, 1), iou));
    return { loss, iou: reshape(iou, [rows]), answer: single };
  }
  const { distance, iou } = maskFigures(masks, target);
  const alternatives = narrow(distance, 1, 1, count);
  const closest = reduceMean(scale(reduceMax(scale(alternatives, -1), { axes: [1] }), -1));
  const others = scale(reduceMean(alternatives), spread);
  const loss = [closest, others, reduceMean(narrow(distance, 1, 0, 1)), squaredError(estimates, iou)].reduce(
    add,
  );
  // The answer that would be taken: the alternative with the highest estimate.
  const guesses = narrow(estimates, 1, 1, count);
  const best = cast(equal(guesses, reduceMax(guesses, { axes: [1], keepDims: true })), 'float32');
  const chosen = reduceSum(mul(narrow(iou, 1, 1, count), best), { axes: [1] });
  const weights = reshape(best, [rows, count - 1, 1, 1]);
  const answer = reduceSum(mul(narrow(masks, 1, 1, count), weights), { axes: [1], keepDims: true });
  return { loss, iou: chosen, answer: reshape(answer, [rows, 1, height, width]) };
}

function squaredError(estimate: Value, truth: Value): Value {
  const error = add(estimate, scale(truth, -1));
  return reduceMean(mul(error, error));
}

/** Steps per logit of what a later round is told; whole numbers have no slope, which ends the gradient. */
const logitSteps = 64;

function withoutGradient(x: Value): Value {
  return scale(cast(cast(scale(x, logitSteps), 'int64'), 'float32'), 1 / logitSteps);
}
