/** Pooling over NCHW images. */
import { GraphError } from '../graph-error.ts';
import { axisSize, type Shape, showShape, sizeOf } from '../shape.ts';
import { apply, filled, type OpRule, showType, type Value } from '../value.ts';
import type { Padding } from './convolution.ts';
import { floating } from './elementwise.ts';
import { movementRules, reshape } from './movement.ts';
import { expand } from './reduction.ts';

type Pair = readonly [number, number];

interface Geometry {
  readonly kernel_shape: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: Padding;
}

/** Rows of the op table. */
export const poolingRules = {
  // y = largest element of each window of x [N, C, H, W], the first of equals; further output: where in the flat x it lies
  MaxPool: {
    op: 'MaxPool',
    infer: ([x], attributes) => {
      const value = floating('MaxPool', x);
      const { kernel_shape, strides, dilations, pads } = attributes as unknown as Geometry;
      const shown = `MaxPool ${showShape(kernel_shape)} of ${showType(value)}`;
      if (value.shape.length !== 4) throw new GraphError(`${shown}: expected [N, C, H, W]`);
      // A window that lies in the padding has no largest element.
      if (pads.some((amount, i) => amount >= kernel_shape[i % 2]!))
        throw new GraphError(`${shown}: padding ${showShape(pads)} holds whole windows`);
      const out = [0, 1].map((i) => {
        const reach = dilations[i]! * (kernel_shape[i]! - 1) + 1;
        return Math.floor((value.shape[i + 2]! + pads[i]! + pads[i + 2]! - reach) / strides[i]!) + 1;
      });
      if (out.some((extent) => extent < 1))
        throw new GraphError(`${shown}: nothing is left, ${showShape(out)}`);
      const shape: Shape = [axisSize(value.shape, 0), axisSize(value.shape, 1), ...out];
      return [
        { dtype: value.dtype, shape },
        { dtype: 'int64', shape },
      ];
    },
    // dx[where] += g
    vjp: (node, [g]) => {
      if (!g) return [];
      const [x, places] = [node.inputs[0], node.outputs[1]] as readonly [Value, Value];
      const count = sizeOf(g.shape);
      const zeros = expand(filled(0, [1], g.dtype), [sizeOf(x.shape)]);
      const operands = [zeros, reshape(places, [count, 1]), reshape(g, [count])];
      return [reshape(apply(movementRules.ScatterND, operands, { reduction: 'add' }), x.shape)];
    },
  },
} as const satisfies Record<string, OpRule>;

/** Geometry of pooling; each pair is [rows, columns]. */
export interface PoolOptions {
  readonly kernel: Pair;
  /** Default [1, 1]. */
  readonly strides?: Pair;
  readonly dilations?: Pair;
  /** Never the largest. */
  readonly pads?: Padding;
}

/** Largest element of each window: [N, C, H, W] -> [N, C, H', W']; of equals, the first gets the cotangent. */
export function maxPool(x: Value, { kernel, ...options }: PoolOptions): Value {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0] } = options;
  return apply(poolingRules.MaxPool, [x], { kernel_shape: kernel, strides, dilations, pads });
}
