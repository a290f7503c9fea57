/** The blocks of YOLOv8, with the tensor names of Ultralytics' modules. */
import type { Scope } from '@darkroom/graph/layers/scope';
import { conv } from '@darkroom/graph/ops/convolution';
import { add, div, mul, shift, silu, sqrt, sub } from '@darkroom/graph/ops/elementwise';
import { concat, narrow, reshape } from '@darkroom/graph/ops/movement';
import { maxPool } from '@darkroom/graph/ops/pooling';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';

/** Epsilon of every batch norm. */
const epsilon = 1e-3;

/** Kernel and stride of a convolution. */
export interface ConvBlockOptions {
  readonly kernel?: number;
  readonly stride?: number;
}

/**
 * Convolution without bias, batch normalisation by its running statistics, SiLU. The norm is folded into the convolution's
 * weights, which ONNX Runtime computes once while it compiles.
 */
export function convBlock(scope: Scope, x: Value, out: number, options: ConvBlockOptions = {}): Value {
  const { kernel = 3, stride = 1 } = options;
  const norm = scope.child('bn');
  const [scaling, bias] = [norm.parameter('weight', [out]), norm.parameter('bias', [out])];
  const [mean, variance] = [norm.parameter('running_mean', [out]), norm.parameter('running_var', [out])];
  const factor = div(scaling, sqrt(shift(variance, epsilon)));
  const weight = scope.child('conv').parameter('weight', [out, axisSize(x.shape, 1), kernel, kernel]);
  const side = Math.floor(kernel / 2);
  const y = conv(x, mul(weight, reshape(factor, [out, 1, 1, 1])), sub(bias, mul(mean, factor)), {
    strides: [stride, stride],
    pads: [side, side, side, side],
  });
  return silu(y);
}

/** How a C2f block is built. */
export interface C2fOptions {
  readonly out: number;
  /** Bottlenecks in a row. */
  readonly blocks: number;
  /** Whether a bottleneck adds its input to its output. */
  readonly residual: boolean;
}

/** Half of the channels go through bottlenecks; what every one of them gives is joined (YOLOv8's `C2f`). */
export function c2f(scope: Scope, x: Value, { out, blocks, residual }: C2fOptions): Value {
  const half = Math.trunc(out / 2);
  const both = convBlock(scope.child('cv1'), x, 2 * half, { kernel: 1 });
  const parts = [narrow(both, 1, 0, half), narrow(both, 1, half, 2 * half)];
  for (let block = 0; block < blocks; block++) {
    const given = parts.at(-1) as Value;
    const bottleneck = scope.child('m', block);
    const inner = convBlock(bottleneck.child('cv1'), given, half);
    const made = convBlock(bottleneck.child('cv2'), inner, half);
    parts.push(residual ? add(given, made) : made);
  }
  return convBlock(scope.child('cv2'), concat(parts, 1), out, { kernel: 1 });
}

/** Maxima over growing neighbourhoods beside the features themselves (YOLOv5's `SPPF`). */
export function pyramidPooling(scope: Scope, x: Value, out: number): Value {
  const half = Math.trunc(axisSize(x.shape, 1) / 2);
  const parts = [convBlock(scope.child('cv1'), x, half, { kernel: 1 })];
  for (let i = 0; i < 3; i++) {
    parts.push(maxPool(parts[i] as Value, { kernel: [5, 5], pads: [2, 2, 2, 2] }));
  }
  return convBlock(scope.child('cv2'), concat(parts, 1), out, { kernel: 1 });
}
