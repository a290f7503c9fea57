/** The next click of a patient user, inside the graph: in the middle of a place where the answer is wrong. */

import { markLogit } from '@darkroom/gpu-worker/vision/prompt-map';
import { conv } from '@darkroom/graph/ops/convolution';
import { cast, equal, greater, mul, not, scale, shift, sub } from '@darkroom/graph/ops/elementwise';
import { concat, reshape } from '@darkroom/graph/ops/movement';
import { argMax, reduceSum } from '@darkroom/graph/ops/reduction';
import { constant, filled, type Value } from '@darkroom/graph/value';

/** Pixels of the padded picture for one of the mask. */
const maskStride = 4;
/** Side of the box filter, in pixels of the mask, that finds the middle of an error; it runs twice. */
const reach = 9;

export interface Click {
  /** [R, 1, 2], in pixels of the padded picture */
  readonly points: Value;
  /** int64 [R, 1]: 1 where something was left out, 0 where too much was taken */
  readonly kinds: Value;
  /** The click as `addMark` draws it, [R, 1, h, w]. */
  readonly mark: Value;
}

/**
 * @param logits [R, 1, h, w]
 * @param target matte in [0, 1], of the same shape
 * @param chance in [0, 1], of the same shape: errors that are as deep as others are chosen between by it
 */
export function correctiveClick(logits: Value, target: Value, chance: Value): Click {
  const [rows, , height, width] = logits.shape as [number, number, number, number];
  const isWanted = greater(target, filled(0.5, []));
  const isFound = greater(logits, filled(0, []));
  const wrong = cast(not(equal(cast(isFound, 'int64'), cast(isWanted, 'int64'))), 'float32');
  const depth = mul(mul(blurred(blurred(wrong)), wrong), chance);
  const index = argMax(reshape(depth, [rows, height * width]), 1);
  const at = cast(index, 'float32');
  const y = cast(cast(scale(shift(at, 0.5), 1 / width), 'int64'), 'float32');
  const x = sub(at, scale(y, width));
  const points = concat([reshape(x, [rows, 1, 1]), reshape(y, [rows, 1, 1])], 2);
  const places = constant(
    BigInt64Array.from({ length: height * width }, (_, i) => BigInt(i)),
    [1, height * width],
  );
  const here = cast(equal(places, reshape(index, [rows, 1])), 'float32');
  const value = reduceSum(mul(reshape(cast(isWanted, 'float32'), [rows, height * width]), here), {
    axes: [1],
  });
  const kinds = cast(greater(value, filled(0.5, [])), 'int64');
  const sign = shift(scale(cast(kinds, 'float32'), 2 * markLogit), -markLogit);
  const marked = conv(reshape(here, [rows, 1, height, width]), filled(1, [1, 1, 3, 3]), undefined, {
    pads: [1, 1, 1, 1],
  });
  // Half a pixel is added where places are embedded.
  return {
    points: shift(scale(points, maskStride), (maskStride - 1) / 2),
    kinds: reshape(kinds, [rows, 1]),
    mark: mul(marked, reshape(sign, [rows, 1, 1, 1])),
  };
}

function blurred(x: Value): Value {
  const weight = filled(1 / reach ** 2, [1, 1, reach, reach]);
  const margin = (reach - 1) / 2;
  return conv(x, weight, undefined, { pads: [margin, margin, margin, margin] });
}
