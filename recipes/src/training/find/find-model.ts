/** The finder: a CenterNet for the things that object edits name, and its loss as one graph. */
import { centernetBackbone } from '@darkroom/gpu-worker/models/centernet/backbone';
import { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import {
  boxSides,
  centernetNeck,
  classFeatures,
  classLogits,
  mapStride,
} from '@darkroom/gpu-worker/models/centernet/heads';
import { Scope } from '@darkroom/graph/layers/scope';
import {
  add,
  div,
  max,
  min,
  mul,
  scale,
  shift,
  sigmoid,
  softplus,
  square,
  sub,
} from '@darkroom/graph/ops/elementwise';
import { narrow } from '@darkroom/graph/ops/movement';
import { reduceSum } from '@darkroom/graph/ops/reduction';
import { filled, input, type Value } from '@darkroom/graph/value';
import { objectIds } from '../../edits.ts';

/** The embedded finder's layout; its square is smaller than the detector's, since what it looks for is large. */
export function findConfig(side = 256): CenternetConfig {
  return CenternetConfig.parse({ model_type: 'centernet', image_size: side, labels: [...objectIds] });
}

export interface FindTraining {
  readonly loss: Value;
  /** Mean loss of the heat maps, and mean intersection over union of the boxes. */
  readonly metrics: Readonly<Record<'centres' | 'iou', Value>>;
  readonly parameters: ReadonlyMap<string, Value>;
}

/**
 * Inputs: `image` [B, 3, S, S] in [0, 255]; `bells` [B, C, S/4, S/4], 1 at the centre of a thing and a bell around it; `sides`
 * [B, 4, S/4, S/4], pixels from each place to the left, top, right and bottom of its thing, and `weight` [B, 1, S/4, S/4],
 * how much a place counts there.
 */
export function findTraining(batch: number, config: CenternetConfig): FindTraining {
  const { image_size: side, labels } = config;
  const plane = side / mapStride;
  const scope = Scope.root();
  const image = input('image', [batch, 3, side, side]);
  const fused = centernetNeck(
    scope.child('neck'),
    centernetBackbone(scope.child('backbone'), image, config.backbone_config),
    config,
  );
  const logits = classLogits(scope, classFeatures(scope, fused), labels.length);
  const heat = heatLoss(logits, input('bells', [batch, labels.length, plane, plane]));
  const overlap = boxOverlap(boxSides(scope, fused), input('sides', [batch, 4, plane, plane]));
  const weight = input('weight', [batch, 1, plane, plane]);
  const box = div(reduceSum(mul(overlap, weight)), shift(reduceSum(weight), 1e-6));
  return {
    loss: sub(heat, scale(box, boxShare)),
    metrics: { centres: heat, iou: box },
    parameters: scope.parameters,
  };
}

/** What the overlap of boxes counts beside the heat maps. */
const boxShare = 1;

/** Focal loss of CornerNet (Law and Deng 2018, equation 1), per centre: places near a centre count less as background. */
function heatLoss(logits: Value, heat: Value): Value {
  const p = sigmoid(logits);
  const isCentre = centres(heat);
  const others = shift(scale(isCentre, -1), 1);
  const far = square(square(shift(scale(heat, -1), 1)));
  // -log p and -log (1 - p)
  const [missed, raised] = [softplus(scale(logits, -1)), softplus(logits)];
  const found = mul(mul(isCentre, square(shift(scale(p, -1), 1))), missed);
  const wrong = mul(mul(mul(others, far), square(p)), raised);
  return div(reduceSum(add(found, wrong)), shift(reduceSum(isCentre), 1));
}

/** 1 where the bell is at its top, else 0; no gradient is asked of a target. */
function centres(heat: Value): Value {
  const top = 0.999;
  return clampUnit(scale(shift(heat, -top), 1 / (1 - top)));
}

function clampUnit(x: Value): Value {
  return min(max(x, filled(0, [])), filled(1, []));
}

/** Intersection over union of boxes that share a point, from their sides' distances to it; [B, 4, h, w] -> [B, 1, h, w]. */
function boxOverlap(found: Value, wanted: Value): Value {
  const side = (x: Value, i: number): Value => narrow(x, 1, i, i + 1);
  const positive = max(found, filled(least, []));
  const area = (x: Value): Value => mul(add(side(x, 0), side(x, 2)), add(side(x, 1), side(x, 3)));
  const shared = area(min(positive, wanted));
  return div(shared, sub(add(area(positive), area(wanted)), shared));
}

/** Distances count as at least this many pixels. */
const least = 0.1;
