/** Convolutions over NCHW images and their gradients, which are convolutions and one big matrix product again. */
import { GraphError } from '../graph-error.ts';
import { axisSize, showShape } from '../shape.ts';
import { type Attributes, apply, type OpRule, type Value } from '../value.ts';
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

export const convolutionRules = {
  // x [N, C, H, W], w [O, C/group, kh, kw], bias [O] -> [N, O, H', W']
  Conv: {
    op: 'Conv',
    infer: ([image, weight, bias], attributes) => {
      const [x, w] = [present('Conv', image), present('Conv', weight)];
      const { strides, dilations, pads, group } = geometryOf(attributes);
      const [batch, channels, ...size] = x.shape as [number, number, number, number];
      const [filters, perGroup, ...kernel] = w.shape as [number, number, number, number];
      const out = size.map((extent, i) => {
        const reach = dilations[i]! * (kernel[i]! - 1) + 1;
        return Math.floor((extent + pads[i]! + pads[i + 2]! - reach) / strides[i]!) + 1;
      });
      const fits = x.shape.length === 4 && channels === perGroup * group && filters % group === 0;
      if (!fits || out.some((extent) => extent < 1) || (bias && bias.shape[0] !== filters)) {
        throw new GraphError(
          `Conv (group ${group}): ${showShape(x.shape)} with weights ${showShape(w.shape)}`,
        );
      }
      return [{ dtype: x.dtype, shape: [batch, filters, ...out] }];
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
    infer: ([image, weight, bias], attributes) => {
      const [x, w] = [present('ConvTranspose', image), present('ConvTranspose', weight)];
      const { strides, dilations, pads, group } = geometryOf(attributes);
      const extra = attributes['output_padding'] as unknown as Pair;
      const [batch, channels, ...size] = x.shape as [number, number, number, number];
      const [filters, perGroup, ...kernel] = w.shape as [number, number, number, number];
      const out = size.map((extent, i) => {
        const reach = dilations[i]! * (kernel[i]! - 1) + 1;
        return (extent - 1) * strides[i]! + reach + extra[i]! - pads[i]! - pads[i + 2]!;
      });
      if (x.shape.length !== 4 || channels !== filters || (bias && bias.shape[0] !== perGroup * group)) {
        throw new GraphError(`ConvTranspose: ${showShape(x.shape)} with weights ${showShape(w.shape)}`);
      }
      return [{ dtype: x.dtype, shape: [batch, perGroup * group, ...out] }];
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

export interface ConvOptions {
  readonly strides?: Pair;
  readonly dilations?: Pair;
  readonly pads?: Padding;
  readonly group?: number;
}

export function conv(x: Value, w: Value, bias?: Value, options: ConvOptions = {}): Value {
  const { strides = [1, 1], dilations = [1, 1], pads = [0, 0, 0, 0], group = 1 } = options;
  return apply(convolutionRules.Conv, bias ? [x, w, bias] : [x, w], { strides, dilations, pads, group });
}

export interface ConvTransposeOptions extends ConvOptions {
  /** Rows and columns added after, to choose among the sizes that a strided convolution maps to one. */
  readonly outputPadding?: Pair;
}

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
 * Weight gradient of a convolution that maps `x` [N, C, H, W] to the shape of `g` [N, O, H', W']: the kernel's shifts of
 * the padded `x`, stacked, times `g`, as one matrix product per group. Returns [O, C/group, kh, kw].
 */
function correlate(x: Value, g: Value, kernel: Pair, { strides, dilations, pads, group }: Geometry): Value {
  const [batch, channels] = x.shape as [number, number, number, number];
  const [, filters, height, width] = g.shape as [number, number, number, number];
  const positions = batch * height * width;
  const padded = pad(transpose(x, [1, 0, 2, 3]), [0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]]);
  const shifts: Value[] = [];
  for (let row = 0; row < kernel[0]; row++) {
    for (let column = 0; column < kernel[1]; column++) {
      const starts = [row * dilations[0], column * dilations[1]];
      const ends = [starts[0]! + (height - 1) * strides[0] + 1, starts[1]! + (width - 1) * strides[1] + 1];
      const shifted = slice(padded, { axes: [2, 3], starts, ends, steps: strides });
      shifts.push(reshape(shifted, [group, channels / group, positions]));
    }
  }
  const taps = shifts.length;
  const columns = concat(shifts, 1); // [group, taps * C/group, positions]
  const rows = reshape(transpose(g, [1, 0, 2, 3]), [group, filters / group, positions]);
  const product =
    group === 1
      ? gemm(reshape(rows, [filters, positions]), reshape(columns, [taps * channels, positions]), {
          transB: true,
        })
      : matmul(rows, transposeLast(columns));
  const taken = reshape(product, [filters, taps, channels / group]);
  return reshape(transpose(taken, [0, 2, 1]), [filters, channels / group, kernel[0], kernel[1]]);
}

/** Pieces of `x` along the channel axis. */
export function channels(x: Value, start: number, end: number): Value {
  return narrow(x, 1, start, end);
}
