import type { Scope } from '@darkroom/graph/layers/scope';
import { gemm } from '@darkroom/graph/ops/matmul';
import { reshape, transpose } from '@darkroom/graph/ops/movement';
import type { Value } from '@darkroom/graph/value';

/** How a picture is cut up. */
export interface PatchOptions {
  /** Pixels of a side of a patch; the picture's sides are multiples of it. */
  readonly side: number;
  /** Length of a token. */
  readonly width: number;
  readonly bias?: boolean;
}

/**
 * Square patches of [B, C, H, W] as tokens [B, patches, width], row by row, with the `weight` [width, C, side, side] of the
 * convolution that is the same thing: as one product of matrices it is quicker, and its gradient is one product too.
 */
export function patchTokens(scope: Scope, pixels: Value, { side, width, bias = false }: PatchOptions): Value {
  const [batch, channels, height, across] = pixels.shape as [number, number, number, number];
  const [rows, columns] = [height / side, across / side];
  const area = channels * side * side;
  const cut = reshape(pixels, [batch, channels, rows, side, columns, side]);
  const patches = reshape(transpose(cut, [0, 2, 4, 1, 3, 5]), [batch * rows * columns, area]);
  const weight = reshape(scope.parameter('weight', [width, channels, side, side]), [width, area]);
  const tokens = gemm(patches, weight, {
    transB: true,
    ...(bias && { bias: scope.parameter('bias', [width]) }),
  });
  return reshape(tokens, [batch, rows * columns, width]);
}
