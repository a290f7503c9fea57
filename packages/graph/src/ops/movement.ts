/** Ops that move elements without computing, and the scatter that undoes a gather. */
import { GraphError } from '../graph-error.ts';
import { axisSize, normalizeAxis, type Shape, showShape, sizeOf } from '../shape.ts';
import { apply, applyAll, constant, filled, type OpRule, showType, type Value } from '../value.ts';
import { present } from './elementwise.ts';

const ints = (attribute: unknown): readonly number[] => attribute as readonly number[];

/** Inverse of a permutation of axes. */
function inverse(permutation: readonly number[]): number[] {
  const result: number[] = new Array(permutation.length);
  permutation.forEach((from, to) => {
    result[from] = to;
  });
  return result;
}

/** Rows of the op table. */
export const movementRules = {
  Reshape: {
    op: 'Reshape',
    infer: ([x], attributes) => {
      const [value, shape] = [present('Reshape', x), ints(attributes['shape'])];
      if (sizeOf(shape) !== sizeOf(value.shape) || !shape.every(Number.isInteger)) {
        throw new GraphError(
          `Reshape: ${showShape(value.shape)} does not hold as many elements as ${showShape(shape)}`,
        );
      }
      return [{ dtype: value.dtype, shape }];
    },
    vjp: (node, [g]) => [g && reshape(g, (node.inputs[0] as Value).shape)],
  },
  Transpose: {
    op: 'Transpose',
    infer: ([x], attributes) => {
      const [value, permutation] = [present('Transpose', x), ints(attributes['perm'])];
      const axes = [...permutation].sort((a, b) => a - b);
      if (axes.length !== value.shape.length || axes.some((axis, i) => axis !== i)) {
        throw new GraphError(
          `Transpose: ${showShape(permutation)} is no permutation of ${showShape(value.shape)}`,
        );
      }
      return [{ dtype: value.dtype, shape: permutation.map((axis) => axisSize(value.shape, axis)) }];
    },
    vjp: (node, [g]) => [g && transpose(g, inverse(ints(node.attributes['perm'])))],
  },
  Concat: {
    op: 'Concat',
    infer: (inputs, attributes) => {
      const first = present('Concat', inputs[0]);
      const axis = attributes['axis'] as number;
      for (const other of inputs) {
        const fits = other.shape.length === first.shape.length && other.dtype === first.dtype;
        if (!fits || other.shape.some((size, i) => i !== axis && size !== first.shape[i])) {
          const shapes = inputs.map((value) => `${value.dtype} ${showShape(value.shape)}`).join(', ');
          throw new GraphError(`Concat on axis ${axis}: ${shapes} do not fit`);
        }
      }
      const total = inputs.reduce((sum, value) => sum + axisSize(value.shape, axis), 0);
      return [{ dtype: first.dtype, shape: first.shape.with(axis, total) }];
    },
    vjp: (node, [g]) => {
      const axis = node.attributes['axis'] as number;
      let start = 0;
      return node.inputs.map((value) => {
        const end = start + axisSize(value.shape, axis);
        const part = g && slice(g, { axes: [axis], starts: [start], ends: [end] });
        start = end;
        return part;
      });
    },
  },
  // x -> its pieces along an axis; the cotangents of the pieces are joined again.
  Split: {
    op: 'Split',
    infer: ([x], attributes) => {
      const value = present('Split', x);
      const [axis, sizes] = [attributes['axis'] as number, ints(attributes['sizes'])];
      const total = sizes.reduce((sum, size) => sum + size, 0);
      if (total !== axisSize(value.shape, axis) || sizes.some((size) => !Number.isInteger(size) || size < 1))
        throw new GraphError(`Split: axis ${axis} of ${showType(value)} into ${showShape(sizes)}`);
      return sizes.map((size) => ({ dtype: value.dtype, shape: value.shape.with(axis, size) }));
    },
    vjp: (node, cotangents) => {
      const parts = node.outputs.map((part, i) => cotangents[i] ?? filled(0, part.shape, part.dtype));
      return [concat(parts, node.attributes['axis'] as number)];
    },
  },
  Slice: {
    op: 'Slice',
    infer: ([x], attributes) => {
      const value = present('Slice', x);
      const shape = [...value.shape];
      ints(attributes['axes']).forEach((axis, i) => {
        const [start, end, step] = ['starts', 'ends', 'steps'].map(
          (key) => ints(attributes[key])[i] as number,
        );
        if (!(step! > 0 && start! >= 0 && start! < end! && end! <= axisSize(value.shape, axis))) {
          throw new GraphError(
            `Slice: ${start}:${end}:${step} is outside axis ${axis} of ${showShape(value.shape)}`,
          );
        }
        shape[axis] = Math.ceil((end! - start!) / step!);
      });
      return [{ dtype: value.dtype, shape }];
    },
    vjp: (node, [g]) => [g && unslice(node.inputs[0] as Value, g, node.attributes)],
  },
  Pad: {
    op: 'Pad',
    infer: ([x], attributes) => {
      const [value, pads] = [present('Pad', x), ints(attributes['pads'])];
      const rank = value.shape.length;
      if (pads.length !== 2 * rank || pads.some((pad) => pad < 0)) {
        throw new GraphError(`Pad: expected ${2 * rank} non-negative pads, got ${showShape(pads)}`);
      }
      return [{ dtype: value.dtype, shape: value.shape.map((size, i) => size + pads[i]! + pads[i + rank]!) }];
    },
    vjp: (node, [g]) => {
      const { shape } = node.inputs[0] as Value;
      const starts = ints(node.attributes['pads']).slice(0, shape.length);
      const axes = shape.map((_, axis) => axis);
      return [g && slice(g, { axes, starts, ends: shape.map((size, axis) => size + starts[axis]!) })];
    },
  },
  Gather: {
    op: 'Gather',
    infer: ([x, indices], attributes) => {
      const [value, index] = [present('Gather', x), present('Gather', indices)];
      const axis = normalizeAxis('Gather', attributes['axis'] as number, value.shape.length);
      if (index.dtype !== 'int64') throw new GraphError(`Gather: indices must be int64, got ${index.dtype}`);
      return [{ dtype: value.dtype, shape: value.shape.toSpliced(axis, 1, ...index.shape) }];
    },
    // Rows that were taken several times add up.
    vjp: (node, [g]) => {
      const [value, indices] = node.inputs as readonly [Value, Value];
      if (!g) return [];
      const axis = node.attributes['axis'] as number;
      const front = [axis, ...value.shape.keys().filter((i) => i !== axis)];
      const rank = indices.shape.length;
      const indexAxes = Array.from({ length: rank }, (_, i) => axis + i);
      const rest = [...g.shape.keys()].filter((i) => !indexAxes.includes(i));
      const zeros = filled(
        0,
        front.map((i) => axisSize(value.shape, i)),
        g.dtype,
      );
      const rows = reshape(indices, [...indices.shape, 1]);
      const sum = apply(movementRules.ScatterND, [zeros, rows, transpose(g, [...indexAxes, ...rest])], {
        reduction: 'add',
      });
      return [transpose(sum, inverse(front)), undefined];
    },
  },
  // output = data with `updates` added at `indices` [..., 1] of the first axis
  ScatterND: {
    op: 'ScatterND',
    infer: ([data, indices, updates]) => {
      const [base, index, update] = [data, indices, updates].map((value) => present('ScatterND', value));
      if (index!.dtype !== 'int64' || base!.dtype !== update!.dtype) {
        const types = [base!, index!, update!].map(({ dtype }) => dtype).join(', ');
        throw new GraphError(`ScatterND: expected T, int64, T, got ${types}`);
      }
      const expected = [...index!.shape.slice(0, -1), ...base!.shape.slice(1)];
      if (index!.shape.at(-1) !== 1 || String(expected) !== String(update!.shape)) {
        throw new GraphError(
          `ScatterND: updates must be ${showShape(expected)}, got ${showShape(update!.shape)}`,
        );
      }
      return [{ dtype: base!.dtype, shape: base!.shape }];
    },
    vjp: (node, [g]) => {
      const indices = node.inputs[1] as Value;
      return g ? [g, undefined, gather(g, reshape(indices, indices.shape.slice(0, -1)))] : [];
    },
  },
} as const satisfies Record<string, OpRule>;

/** Spreads a slice's cotangent back over the sliced value: zeros between the steps, zeros around. */
function unslice(source: Value, g: Value, attributes: Readonly<Record<string, unknown>>): Value {
  const rank = source.shape.length;
  const pads: number[] = new Array(2 * rank).fill(0);
  let spread = g;
  ints(attributes['axes']).forEach((axis, i) => {
    const [start, step] = [ints(attributes['starts'])[i]!, ints(attributes['steps'])[i]!];
    const count = axisSize(spread.shape, axis);
    const total = axisSize(source.shape, axis);
    if (step > 1) {
      // [.., n, ..] -> [.., n, step, ..] with zeros after each element -> [.., n*step, ..], cut to what fits
      const split = reshape(spread, spread.shape.toSpliced(axis, 1, count, 1));
      const padded = padAxis(split, axis + 1, 0, step - 1);
      const merged = reshape(padded, spread.shape.with(axis, count * step));
      const fits = Math.min(count * step, total - start);
      spread = fits === count * step ? merged : slice(merged, { axes: [axis], starts: [0], ends: [fits] });
    }
    pads[axis] = start;
    pads[axis + rank] = total - start - axisSize(spread.shape, axis);
  });
  return pad(spread, pads);
}

const r = movementRules;

/** Same elements in another shape; one axis may be -1. */
export function reshape(x: Value, shape: Shape): Value {
  const known = shape.filter((axis) => axis !== -1).reduce((product, axis) => product * axis, 1);
  const resolved = shape.map((axis) => (axis === -1 ? sizeOf(x.shape) / known : axis));
  return String(resolved) === String(x.shape) ? x : apply(r.Reshape, [x], { shape: resolved });
}

/** Axis `i` of the result is axis `permutation[i]` of `x`. */
export function transpose(x: Value, permutation: readonly number[]): Value {
  return permutation.every((axis, i) => axis === i) && permutation.length === x.shape.length
    ? x
    : apply(r.Transpose, [x], { perm: permutation });
}

/** Joins values along an axis; all other sizes must agree. */
export function concat(values: readonly Value[], axis: number): Value {
  const first = present('Concat', values[0]);
  return values.length === 1
    ? first
    : apply(r.Concat, values, { axis: normalizeAxis('Concat', axis, first.shape.length) });
}

/** Which elements of which axes a slice takes; the lists run in parallel. */
export interface SliceRange {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  /** Exclusive. */
  readonly ends: readonly number[];
  /** Default 1 on every axis. */
  readonly steps?: readonly number[];
}

/** Part of `x`: `starts … ends` in `steps` along the given axes, all other axes whole. */
export function slice(x: Value, range: SliceRange): Value {
  const { starts, ends, steps = starts.map(() => 1) } = range;
  const axes = range.axes.map((axis) => normalizeAxis('Slice', axis, x.shape.length));
  const whole = axes.every((axis, i) => starts[i] === 0 && ends[i] === x.shape[axis] && steps[i] === 1);
  return whole ? x : apply(r.Slice, [x], { axes, starts, ends, steps });
}

/** Elements `start … end-1` of one axis. */
export function narrow(x: Value, axis: number, start: number, end: number): Value {
  return slice(x, { axes: [normalizeAxis('Slice', axis, x.shape.length)], starts: [start], ends: [end] });
}

/** Cuts an axis into pieces: a number of equal ones, or pieces of the given sizes. */
export function split(x: Value, parts: number | readonly number[], axis: number): readonly Value[] {
  const at = normalizeAxis('Split', axis, x.shape.length);
  const sizes =
    typeof parts === 'number' ? new Array<number>(parts).fill(axisSize(x.shape, at) / parts) : parts;
  return sizes.length === 1 ? [x] : applyAll(r.Split, [x], { axis: at, sizes });
}

/** Zeros around `x`: `pads` lists what goes before each axis, then what goes after each. */
export function pad(x: Value, pads: readonly number[]): Value {
  return pads.every((amount) => amount === 0) ? x : apply(r.Pad, [x], { pads });
}

/** Zeros before and after `x` along one axis. */
export function padAxis(x: Value, axis: number, before: number, after: number): Value {
  const rank = x.shape.length;
  const at = normalizeAxis('Pad', axis, rank);
  const pads: number[] = new Array(2 * rank).fill(0);
  pads[at] = before;
  pads[at + rank] = after;
  return pad(x, pads);
}

/** Rows of `x` along `axis` chosen by int64 `indices` of any shape. */
export function gather(x: Value, indices: Value, axis = 0): Value {
  return apply(r.Gather, [x, indices], { axis: normalizeAxis('Gather', axis, x.shape.length) });
}

/** `x` with an axis in reverse order. */
export function flip(x: Value, axis: number): Value {
  const size = axisSize(x.shape, axis);
  const order = BigInt64Array.from({ length: size }, (_, i) => BigInt(size - 1 - i));
  return gather(x, constant(order, [size]), axis);
}
