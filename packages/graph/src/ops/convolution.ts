/** Convolutions over NCHW images and their gradients, which are convolutions and one big matrix product again. */
import { GraphError } from '../graph-error.ts';
import { axisSize, showShape } from '../shape.ts';
import { type Attributes, apply, type OpRule, showType, type Value } from '../value.ts';
import { present } from './elementwise.ts';
import { gemm, matmul, transposeLast } from './matmul.ts';
import { concat, flip, narrow, pad, reshape, slice, transpose } from './movement.ts';
import { reduceSum } from './reduction.ts';

type Pair = readonly [number, number];
/** Rows before, columns before, rows after, columns after. */
export type Padding = readonly [number, number, number, number];

interface Geometry {
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly pads: Padding;
  readonly group: number;
}

function geometryOf(attributes: Attributes): Geometry {
  return attributes as unknown as Geometry;
}

/** Image and weights [O, C/group, kh, kw], after checking them and the bias; `shown` begins error messages. */
function operandsOf(
  op: 'Conv' | 'ConvTranspose',
  [image, weight, bias]: readonly Value[],
  group: number,
): { readonly x: Value; readonly w: Value; readonly shown: string } {
  const [x, w] = [present(op, image), present(op, weight)];
  const shown = `${op} (group ${group}): ${showType(x)} with weights ${showType(w)}`;
  const [filters, perGroup] = w.shape as [number, number];
  const [taken, made] = op === 'Conv' ? [perGroup * group, filters] : [filters, perGroup * group];
  const alike = x.shape.length === 4 && w.shape.length === 4 && x.dtype === w.dtype;
  if (!alike || x.shape[1] !== taken || filters % group !== 0 || !Number.isInteger(perGroup)) {
    throw new GraphError(shown);
  }
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== made || bias.dtype !== x.dtype)) {
    throw new GraphError(`${shown}: bias ${showType(bias)}`);
  }
  return { x, w, shown };
}

/** Rows of the op table. */
export const convolutionRules = {
  // x [N, C, H, W], w [O, C/group, kh, kw], bias [O] -> [N, O, H', W']
  Conv: {
    op: 'Conv',
    infer: (inputs, attributes) => {
      const { strides, dilations, pads, group } = geometryOf(attributes);
      const { x, w, shown } = operandsOf('Conv', inputs, group);
      const out = [0, 1].map((i) => {
        const reach = dilations[i]! * (w.shape[i + 2]! - 1) + 1;
        return Math.floor((x.shape[i + 2]! + pads[i]! + pads[i + 2]! - reach) / strides[i]!) + 1;
      });
      if (out.some((extent) => extent < 1))
        throw new GraphError(`${shown}: nothing is left, ${showShape(out)}`);
      return [{ dtype: x.dtype, shape: [axisSize(x.shape, 0), axisSize(w.shape, 0), ...out] }];
    },
    vjp: (node, [g]) => {
      if (!g) return [];
      const [x, w] = node.inputs as readonly [Value, Value];
      const geometry = geometryOf(node.attributes);
      const dx = convInputGradient(x, w, g, geometry);
      const dw = correlate(x, g, [axisSize(w.shape, 2), axisSize(w.shape, 3)], geometry);
      return [dx, dw, ...(node.inputs[2] ? [reduceSum(g, { axes: [0, 2, 3] })] : [])];
    },
  },
  // The transpose of Conv: x [N, O, H', W'], w [O, C/group, kh, kw], bias [C] -> [N, C, H, W]
  ConvTranspose: {
    op: 'ConvTranspose',
    infer: (inputs, attributes) => {
      const { strides, dilations, pads, group } = geometryOf(attributes);
      const extra = attributes['output_padding'] as unknown as Pair;
      const { x, w, shown } = operandsOf('ConvTranspose', inputs, group);
      if (extra.some((amount, i) => amount >= strides[i]!)) {
        throw new GraphError(`${shown}: output padding ${showShape(extra)} at strides ${showShape(strides)}`);
      }
      const out = [0, 1].map((i) => {
        const reach = dilations[i]! * (w.shape[i + 2]! - 1) + 1;
        return (x.shape[i + 2]! - 1) * strides[i]! + reach + extra[i]! - pads[i]! - pads[i + 2]!;
      });
      if (out.some((extent) => extent < 1))
        throw new GraphError(`${shown}: nothing is left, ${showShape(out)}`);
      return [{ dtype: x.dtype, shape: [axisSize(x.shape, 0), axisSize(w.shape, 1) * group, ...out] }];
    },
    vjp: (node, [g]) => {
      if (!g) return [];
      const [x, w] = node.inputs as readonly [Value, Value];
      const geometry = geometryOf(node.attributes);
      const dx = conv(g, w, undefined, geometry);
      const dw = correlate(g, x, [axisSize(w.shape, 2), axisSize(w.shape, 3)], geometry);
      return [dx, dw, ...(node.inputs[2] ? [reduceSum(g, { axes: [0, 2, 3] })] : [])];
    },
  },
} as const satisfies Record<string, OpRule>;

/** Geometry of a convolution; each pair is [rows, columns]. */
export interface ConvOptions {
  readonly strides?: Pair;
  readonly dilations?: Pair;
  readonly pads?: Padding;
  readonly group?: number;
}

/** Cross-correlation of x [N, C, H, W] with w [O, C/group, kh, kw] and a bias [O] -> [N, O, H', W']; no padding unless told. */
export function conv(x: Value, w: Value, bias?: Value, options: ConvOptions = {}): Value {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0], group = 1 } = options;
  return apply(convolutionRules.Conv, bias ? [x, w, bias] : [x, w], { strides, dilations, pads, group });
}

/** Geometry of the convolution that is transposed. */
export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added after, to choose among the sizes that a strided convolution maps to one. */
  readonly outputPadding?: Pair;
}

/** The transpose of `conv`: x [N, O, H', W'], w [O, C/group, kh, kw], bias [C] -> [N, C, H, W]. */
export function convTranspose(x: Value, w: Value, bias?: Value, options: ConvTransposeOptions = {}): Value {
  const {
    strides = [1, 1],
    dilations = [1, 1],
    pads = [0, 0, 0, 0],
    group = 1,
    outputPadding = [0, 0],
  } = options;
  const attributes = { strides, dilations, pads, group, output_padding: outputPadding };
  return apply(convolutionRules.ConvTranspose, bias ? [x, w, bias] : [x, w], attributes);
}

/**
 * At stride 1 a Conv with the kernel turned by 180° and its channel axes swapped (faster here than ConvTranspose);
 * otherwise the transposed convolution.
 */
function convInputGradient(x: Value, w: Value, g: Value, geometry: Geometry): Value {
  const { strides, dilations, pads, group } = geometry;
  const kernel = [axisSize(w.shape, 2), axisSize(w.shape, 3)] as const;
  const reach = kernel.map((size, i) => dilations[i]! * (size - 1));
  const mirrored = pads.map((amount, i) => reach[i % 2]! - amount) as unknown as Padding;
  if (group === 1 && strides.every((stride) => stride === 1) && mirrored.every((amount) => amount >= 0)) {
    return conv(g, transpose(turn(w), [1, 0, 2, 3]), undefined, { dilations, pads: mirrored });
  }
  // The windows together reach this many rows (columns) less than the padded image.
  const missed = kernel.map((_, i) => {
    const covered = (axisSize(g.shape, i + 2) - 1) * strides[i]! + reach[i]! + 1;
    return axisSize(x.shape, i + 2) + pads[i]! + pads[i + 2]! - covered;
  }) as unknown as Pair;
  // First the padding goes unreached, then rows of the image: those get no gradient. (output_padding could say the same
  // but must stay below the stride.)
  const cropped: Padding = [
    pads[0],
    pads[1],
    Math.max(pads[2] - missed[0], 0),
    Math.max(pads[3] - missed[1], 0),
  ];
  const dx = convTranspose(g, w, undefined, { strides, dilations, pads: cropped, group });
  return pad(dx, [0, 0, 0, 0, 0, 0, Math.max(missed[0] - pads[2], 0), Math.max(missed[1] - pads[3], 0)]);
}

/** A kernel [O, C, kh, kw] turned by 180°. */
function turn(w: Value): Value {
  const [filters, channels, height, width] = w.shape as [number, number, number, number];
  if (height * width === 1) return w;
  return reshape(flip(reshape(w, [filters, channels, height * width]), 2), w.shape);
}

/**
 * Weight gradient of a convolution that maps `x` [N, C, H, W] to the shape of `g` [N, O, H', W']: one matrix product of
 * `g` with each shift of the padded `x`. Returns [O, C/group, kh, kw].
 */
function correlate(x: Value, g: Value, kernel: Pair, geometry: Geometry): Value {
  const { dilations, group } = geometry;
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap): Pair => {
    return [Math.floor(tap / kernel[1]) * dilations[0], (tap % kernel[1]) * dilations[1]];
  });
  const filters = axisSize(g.shape, 1);
  const perGroup = axisSize(x.shape, 1) / group;
  const unit = geometry.strides[0] === 1 && geometry.strides[1] === 1;
  const shifted = unit ? contiguousShifts(x, g, taps, geometry) : stridedShifts(x, g, taps, geometry);
  const products = shifted.columns.map((columns) => {
    const product =
      group === 1
        ? gemm(shifted.rows, columns, { transB: true })
        : matmul(byGroup(shifted.rows, group), transposeLast(byGroup(columns, group)));
    return reshape(product, [filters, perGroup, 1]);
  });
  return reshape(concat(products, 2), [filters, perGroup, kernel[0], kernel[1]]);
}

/** `rows` [O, P] is `g`; each entry of `columns` [C, P] is `x` as one tap of the kernel sees it. */
interface Shifts {
  readonly rows: Value;
  readonly columns: readonly Value[];
}

/** [group * C, P] -> [group, C, P] */
function byGroup(x: Value, group: number): Value {
  const [channels, positions] = x.shape as [number, number];
  return reshape(x, [group, channels / group, positions]);
}

/**
 * At stride 1 a tap is an offset into the padded image laid out flat, and a slice of it one long copy per channel. `g` is
 * laid out on the same grid, with zeros where a window would reach past the end of a row.
 */
function contiguousShifts(x: Value, g: Value, taps: readonly Pair[], { pads }: Geometry): Shifts {
  const padded = pad(transpose(x, [1, 0, 2, 3]), [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const [channels, batch, height, width] = padded.shape as [number, number, number, number];
  const [, filters, rows, columns] = g.shape as [number, number, number, number];
  const offsets = taps.map(([row, column]) => row * width + column);
  const positions = batch * height * width;
  const kept = positions - Math.max(...offsets);
  const grid = pad(transpose(g, [1, 0, 2, 3]), [0, 0, 0, 0, 0, 0, height - rows, width - columns]);
  const flat = reshape(padded, [channels, positions]);
  return {
    rows: narrow(reshape(grid, [filters, positions]), 1, 0, kept),
    columns: offsets.map((offset) => narrow(flat, 1, offset, offset + kept)),
  };
}

function stridedShifts(x: Value, g: Value, taps: readonly Pair[], { strides, pads }: Geometry): Shifts {
  const padded = pad(transpose(x, [1, 0, 2, 3]), [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const [batch, filters, height, width] = g.shape as [number, number, number, number];
  const positions = batch * height * width;
  return {
    rows: reshape(transpose(g, [1, 0, 2, 3]), [filters, positions]),
    columns: taps.map(([row, column]) => {
      const ends = [row + (height - 1) * strides[0] + 1, column + (width - 1) * strides[1] + 1];
      const shifted = slice(padded, { axes: [2, 3], starts: [row, column], ends, steps: strides });
      return reshape(shifted, [axisSize(x.shape, 1), positions]);
    }),
  };
}

/** Pieces of `x` along the channel axis. */
export function channels(x: Value, start: number, end: number): Value {
  return narrow(x, 1, start, end);
}
