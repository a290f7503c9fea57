/** Ops that fold axes together, and `Expand`, which is their mirror image. */
import { GraphError } from '../graph-error.ts';
import { axisSize, expandsTo, normalizeAxis, type Shape, shapesEqual, showShape, sizeOf } from '../shape.ts';
import { apply, type Node, type OpRule, type Value } from '../value.ts';
import { cast, equal, exp, floating, log, mul, present, scale, sub } from './elementwise.ts';
import { reshape } from './movement.ts';

type ReduceVjp = (node: Node, expanded: Value) => Value;

function reduce(op: string, vjp: ReduceVjp): OpRule {
  return {
    op,
    infer: ([x], attributes) => {
      const value = present(op, x);
      const axes = attributes['axes'] as readonly number[];
      const kept = attributes['keepdims'] === 1;
      if (new Set(axes).size < axes.length) {
        throw new GraphError(`${op}: axes ${showShape(axes)} of ${showShape(value.shape)} repeat`);
      }
      const shape = value.shape.flatMap((size, axis) => (axes.includes(axis) ? (kept ? [1] : []) : [size]));
      return [{ dtype: value.dtype, shape }];
    },
    vjp: (node, [g]) => {
      if (!g) return [];
      const x = node.inputs[0] as Value;
      return [vjp(node, expand(reshape(g, keptShape(node)), x.shape))];
    },
  };
}

function keptShape(node: Node): Shape {
  const axes = node.attributes['axes'] as readonly number[];
  return (node.inputs[0] as Value).shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

/** The extreme elements share the cotangent equally (ties included). */
const shareAmongExtremes: ReduceVjp = (node, g) => {
  const x = node.inputs[0] as Value;
  const axes = node.attributes['axes'] as readonly number[];
  const hit = cast(equal(x, reshape(node.outputs[0] as Value, keptShape(node))), x.dtype);
  const count = expand(reduceSum(hit, { axes, keepDims: true }), x.shape);
  return mul(g, mul(hit, exp(scale(log(count), -1))));
};

/** Rows of the op table. */
export const reductionRules = {
  ReduceSum: reduce('ReduceSum', (_node, g) => g),
  ReduceMean: reduce('ReduceMean', (node, g) =>
    scale(g, sizeOf((node.outputs[0] as Value).shape) / sizeOf((node.inputs[0] as Value).shape)),
  ),
  ReduceMax: reduce('ReduceMax', shareAmongExtremes),
  ReduceMin: reduce('ReduceMin', shareAmongExtremes),
  ArgMax: {
    op: 'ArgMax',
    infer: ([x], attributes) => {
      const { shape } = present('ArgMax', x);
      return [{ dtype: 'int64', shape: shape.toSpliced(attributes['axis'] as number, 1) }];
    },
  },
  Expand: {
    op: 'Expand',
    infer: ([x], attributes) => {
      const value = present('Expand', x);
      const shape = attributes['shape'] as Shape;
      if (!expandsTo(value.shape, shape)) {
        throw new GraphError(`Expand: ${showShape(value.shape)} does not expand to ${showShape(shape)}`);
      }
      return [{ dtype: value.dtype, shape }];
    },
    // gradient.ts sums the expanded axes away.
    vjp: (_node, [g]) => [g],
  },
  // y = exp(x - max) / sum; dx = y (g - sum(g y))
  Softmax: {
    op: 'Softmax',
    infer: ([x]) => [floating('Softmax', x)],
    vjp: (node, [g]) => {
      const y = node.outputs[0] as Value;
      const axes = [node.attributes['axis'] as number];
      return [g && mul(y, sub(g, reduceSum(mul(g, y), { axes, keepDims: true })))];
    },
  },
  // y = x - log sum exp x; dx = g - exp(y) sum(g)
  LogSoftmax: {
    op: 'LogSoftmax',
    infer: ([x]) => [floating('LogSoftmax', x)],
    vjp: (node, [g]) => {
      const y = node.outputs[0] as Value;
      const axes = [node.attributes['axis'] as number];
      return [g && sub(g, mul(exp(y), reduceSum(g, { axes, keepDims: true })))];
    },
  },
} as const satisfies Record<string, OpRule>;

/** Over which axes a reduction runs. */
export interface Reduction {
  /** Default: every axis. */
  readonly axes?: readonly number[];
  /** Keep reduced axes with size 1. Default false. */
  readonly keepDims?: boolean;
}

function reduceBy(rule: OpRule, x: Value, { axes, keepDims = false }: Reduction): Value {
  const rank = x.shape.length;
  const normalized = (axes ?? x.shape.map((_, axis) => axis)).map((axis) =>
    normalizeAxis(rule.op, axis, rank),
  );
  // ONNX takes an empty list of axes for all of them.
  if (normalized.length === 0) return x;
  return apply(rule, [x], { axes: normalized, keepdims: keepDims ? 1 : 0 });
}

const r = reductionRules;
/** Sum over the axes. */
export const reduceSum = (x: Value, reduction: Reduction = {}): Value => reduceBy(r.ReduceSum, x, reduction);
/** Mean over the axes. */
export const reduceMean = (x: Value, reduction: Reduction = {}): Value =>
  reduceBy(r.ReduceMean, x, reduction);
/** Largest element over the axes; equals share the cotangent. */
export const reduceMax = (x: Value, reduction: Reduction = {}): Value => reduceBy(r.ReduceMax, x, reduction);
/** Smallest element over the axes; equals share the cotangent. */
export const reduceMin = (x: Value, reduction: Reduction = {}): Value => reduceBy(r.ReduceMin, x, reduction);

/** Index of the largest element along an axis (the first of equals), int64, the axis removed. */
export function argMax(x: Value, axis = -1): Value {
  return apply(r.ArgMax, [x], { axis: normalizeAxis('ArgMax', axis, x.shape.length), keepdims: 0 });
}

/** `x` repeated to a shape that it broadcasts to. */
export function expand(x: Value, shape: Shape): Value {
  return shapesEqual(x.shape, shape) ? x : apply(r.Expand, [x], { shape });
}

/** `e^x` divided by its sum along an axis. */
export function softmax(x: Value, axis = -1): Value {
  return apply(r.Softmax, [x], { axis: normalizeAxis('Softmax', axis, x.shape.length) });
}

/** The logarithm of `softmax`, without its rounding. */
export function logSoftmax(x: Value, axis = -1): Value {
  return apply(r.LogSoftmax, [x], { axis: normalizeAxis('LogSoftmax', axis, x.shape.length) });
}

/** Sums a broadcast cotangent back to the shape of the value that was broadcast. */
export function unbroadcast(g: Value, shape: Shape): Value {
  if (shapesEqual(g.shape, shape)) return g;
  const lead = g.shape.length - shape.length;
  const axes = [...g.shape.keys()].filter(
    (axis) => axis < lead || (shape[axis - lead] === 1 && axisSize(g.shape, axis) !== 1),
  );
  return reshape(reduceSum(g, { axes, keepDims: true }), shape);
}
