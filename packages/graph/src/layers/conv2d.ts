import { conv, type Padding } from '../ops/convolution.ts';
import { axisSize } from '../shape.ts';
import type { Value } from '../value.ts';
import type { Scope } from './scope.ts';

/** Geometry of a square convolution. */
export interface Conv2dOptions {
  readonly kernel?: number;
  readonly stride?: number;
  /** On every side, or [rows before, columns before, rows after, columns after]. Default: keeps the size at stride 1. */
  readonly padding?: number | Padding;
  readonly group?: number;
  readonly bias?: boolean;
}

/** Convolution of [N, C, H, W] with `weight` [out, C/group, k, k] and `bias` [out]; 3 × 3 unless said otherwise. */
export function conv2d(scope: Scope, x: Value, outChannels: number, options: Conv2dOptions = {}): Value {
  const { kernel = 3, stride = 1, group = 1, bias = true } = options;
  const padding = options.padding ?? Math.floor(kernel / 2);
  const pads: Padding = typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
  const weight = scope.parameter('weight', [outChannels, axisSize(x.shape, 1) / group, kernel, kernel]);
  const offset = bias ? scope.parameter('bias', [outChannels]) : undefined;
  return conv(x, weight, offset, { strides: [stride, stride], pads, group });
}
