/** Pieces that backbone and heads of a CenterNet share. Batch norms are folded into the weights. */
import { type Conv2dOptions, conv2d } from '@darkroom/graph/layers/conv2d';
import type { Scope } from '@darkroom/graph/layers/scope';
import type { Padding } from '@darkroom/graph/ops/convolution';
import { add, clamp, mul, relu, scale, shift } from '@darkroom/graph/ops/elementwise';
import { concat, narrow, reshape } from '@darkroom/graph/ops/movement';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';

/** 1/6 as the published weights have it, in half precision. */
const sixth = 0.1666259765625;

/** `x · ReLU6(x + 3) / 6` (Howard et al. 2019, section 5.2). */
export function hardSwish(x: Value): Value {
  return mul(scale(x, sixth), clamp(shift(x, 3), 0, 6));
}

function hardSigmoid(x: Value): Value {
  return scale(clamp(shift(x, 3), 0, 6), sixth);
}

/** TensorFlow's SAME padding for even sides: the odd pixel of a stride of 2 goes to the right and below. */
function samePadding(kernel: number, stride: 1 | 2): Padding {
  const total = kernel - stride;
  const before = Math.floor(total / 2);
  return [before, before, total - before, total - before];
}

/** A convolution with SAME padding. */
export function sameConv(
  scope: Scope,
  x: Value,
  out: number,
  {
    kernel,
    stride = 1,
    ...rest
  }: Omit<Conv2dOptions, 'stride' | 'padding'> & { kernel: number; stride?: 1 | 2 },
): Value {
  return conv2d(scope, x, out, { kernel, stride, padding: samePadding(kernel, stride), ...rest });
}

/** A SAME convolution of each channel by itself. */
export function depthwise(
  scope: Scope,
  x: Value,
  options: { kernel: number; stride?: 1 | 2; bias?: boolean },
): Value {
  const channels = axisSize(x.shape, 1);
  return sameConv(scope, x, channels, { ...options, group: channels });
}

/** A depthwise convolution without bias, then a 1 × 1 convolution. */
export function separable(scope: Scope, x: Value, out: number, kernel: number): Value {
  const spread = depthwise(scope.child('depthwise'), x, { kernel, bias: false });
  return conv2d(scope.child('project'), spread, out, { kernel: 1 });
}

/** Squeeze-and-excitation (Hu et al. 2018) with a hard sigmoid: channels weighed by what the whole picture shows. */
export function squeezeExcite(scope: Scope, x: Value, width: number): Value {
  const mean = reduceMean(x, { axes: [2, 3], keepDims: true });
  const squeezed = relu(conv2d(scope.child('reduce'), mean, width, { kernel: 1 }));
  const excited = conv2d(scope.child('expand'), squeezed, axisSize(x.shape, 1), { kernel: 1 });
  return mul(x, hardSigmoid(excited));
}

/**
 * Doubles both sides of [N, C, H, W] as TensorFlow's bilinear resize without half-pixel centres: sample 2i is pixel i,
 * sample 2i + 1 the mean of pixels i and i + 1, and the last one is repeated.
 */
export function doubleLegacyBilinear(x: Value): Value {
  return doubleAxis(doubleAxis(x, 2), 3);
}

function doubleAxis(x: Value, axis: 2 | 3): Value {
  const size = axisSize(x.shape, axis);
  const next = concat([narrow(x, axis, 1, size), narrow(x, axis, size - 1, size)], axis);
  const between = scale(add(x, next), 0.5);
  const paired = x.shape.toSpliced(axis + 1, 0, 1);
  const pairs = concat([reshape(x, paired), reshape(between, paired)], axis + 1);
  return reshape(pairs, x.shape.with(axis, 2 * size));
}
