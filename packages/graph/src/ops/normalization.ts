import { GraphError } from '../graph-error.ts';
import { axisSize, type Shape, showShape } from '../shape.ts';
import { applyAll, type OpRule, scalar, showType, type Value } from '../value.ts';
import { add, cast, mul, neg, present, scale, square, sub } from './elementwise.ts';
import { reshape } from './movement.ts';
import { expand, reduceMean, reduceSum } from './reduction.ts';

/** Rows of the op table. */
export const normalizationRules = {
  // Over the last axis: x̂ = (x - mean) / sqrt(var + epsilon), y = x̂ scale + bias; further outputs: mean, inverse std
  LayerNormalization: {
    op: 'LayerNormalization',
    infer: ([x, scale, bias]) => {
      const value = present('LayerNormalization', x);
      const width = axisSize(value.shape, -1);
      for (const affine of [present('LayerNormalization', scale), ...(bias ? [bias] : [])]) {
        if (affine.shape.length !== 1 || affine.shape[0] !== width || affine.dtype !== value.dtype) {
          throw new GraphError(`LayerNormalization: ${showType(affine)} scales ${showType(value)}`);
        }
      }
      const statistics: Shape = value.shape.with(-1, 1);
      return [
        { dtype: value.dtype, shape: value.shape },
        { dtype: 'float32', shape: statistics },
        { dtype: 'float32', shape: statistics },
      ];
    },
    // With r = inverse std, h = g scale: dx = r (h - mean(h) - x̂ mean(h x̂)) + (dmean - dr r² x̂) / width
    vjp: (node, [g, gMean, gInverseStd]) => {
      const [x, scaling, bias] = node.inputs as readonly [Value, Value, Value | undefined];
      const [mean, inverseStd] = node.outputs.slice(1).map((output) => cast(output, x.dtype)) as [
        Value,
        Value,
      ];
      const normalized = mul(sub(x, mean), inverseStd);
      const terms: Value[] = [];
      if (gMean) terms.push(cast(gMean, x.dtype));
      if (gInverseStd) terms.push(neg(mul(mul(cast(gInverseStd, x.dtype), square(inverseStd)), normalized)));
      const flows = terms.map((term) => scale(expand(term, x.shape), 1 / axisSize(x.shape, -1)));
      if (!g) return [flows.reduce(add)];
      const h = mul(g, scaling);
      const last = { axes: [-1], keepDims: true };
      const centred = sub(h, reduceMean(h, last));
      const dx = mul(inverseStd, sub(centred, mul(normalized, reduceMean(mul(h, normalized), last))));
      const rows = { axes: [...g.shape.keys()].slice(0, -1) };
      const affine = [reduceSum(mul(g, normalized), rows), ...(bias ? [reduceSum(g, rows)] : [])];
      return [[dx, ...flows].reduce(add), ...affine];
    },
  },
} as const satisfies Record<string, OpRule>;

/** Affine map after the normalisation, and what is added to the variance. */
export interface NormOptions {
  readonly scale?: Value;
  readonly bias?: Value;
  readonly epsilon: number;
}

/** Layer normalisation over the last axis (Ba et al. 2016). */
export function layerNormalization(x: Value, { scale, bias, epsilon }: NormOptions): Value {
  const ones = scale ?? expand(scalar(1, x.dtype), [axisSize(x.shape, -1)]);
  const inputs = bias ? [x, ones, bias] : [x, ones];
  return applyAll(normalizationRules.LayerNormalization, inputs, { axis: -1, epsilon })[0];
}

/** Group normalisation of [N, C, …] over each group of channels and all positions (Wu and He 2018). */
export function groupNormalization(x: Value, groups: number, { scale, bias, epsilon }: NormOptions): Value {
  const [batch, channels] = x.shape as [number, number];
  if (channels % groups !== 0) {
    throw new GraphError(`GroupNormalization: ${groups} groups do not divide ${showShape(x.shape)}`);
  }
  const normalized = reshape(layerNormalization(reshape(x, [batch, groups, -1]), { epsilon }), x.shape);
  const perChannel = [channels, ...x.shape.slice(2).map(() => 1)];
  const scaled = scale ? mul(normalized, reshape(scale, perChannel)) : normalized;
  return bias ? add(scaled, reshape(bias, perChannel)) : scaled;
}
