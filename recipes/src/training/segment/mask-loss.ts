/** How far masks are from their target: focal and dice loss, and intersection over union. */
import {
  add,
  cast,
  div,
  greater,
  mul,
  scale,
  shift,
  sigmoid,
  softplus,
  sub,
} from '@darkroom/graph/ops/elementwise';
import { reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import { filled, type Value } from '@darkroom/graph/value';

/** Focal loss counts 20 times as much as dice (Kirillov et al. 2023, appendix A). */
const focalWeight = 20;

export interface MaskFigures {
  /** Focal and dice loss, [R, M]. */
  readonly distance: Value;
  /** Of the masks above 0 with the targets above one half, [R, M]; no gradient. */
  readonly iou: Value;
}

/**
 * @param logits [R, M, h, w]
 * @param target matte in [0, 1], [R, 1, h, w]
 */
export function maskFigures(logits: Value, target: Value): MaskFigures {
  const axes = [2, 3];
  const probability = sigmoid(logits);
  const both = mul(probability, target);
  // Probability given to what is there: p t + (1 - p) (1 - t).
  const missed = sub(add(probability, target), scale(both, 2));
  const entropy = sub(softplus(logits), mul(logits, target));
  const focal = scale(reduceMean(mul(mul(missed, missed), entropy), { axes }), 0.5);
  const overlap = reduceSum(both, { axes });
  const sizes = add(reduceSum(probability, { axes }), reduceSum(target, { axes }));
  const dice = shift(scale(div(shift(scale(overlap, 2), 1), shift(sizes, 1)), -1), 1);
  return { distance: add(scale(focal, focalWeight), dice), iou: hardOverlap(logits, target) };
}

function hardOverlap(logits: Value, target: Value): Value {
  const axes = [2, 3];
  const above = (x: Value, threshold: number): Value => cast(greater(x, filled(threshold, [])), 'float32');
  const [found, wanted] = [above(logits, 0), above(target, 0.5)];
  const shared = reduceSum(mul(found, wanted), { axes });
  const union = sub(add(reduceSum(found, { axes }), reduceSum(wanted, { axes })), shared);
  return div(shared, shift(union, 1e-6));
}
