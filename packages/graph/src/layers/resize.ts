import type { Dtype } from '../dtype.ts';
import { matmul } from '../ops/matmul.ts';
import { reshape, transpose } from '../ops/movement.ts';
import { expand } from '../ops/reduction.ts';
import { constant, type Value } from '../value.ts';

/** Repeats every pixel of [N, C, H, W] `factor` times in both directions. */
export function resizeNearest(x: Value, factor: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const spread = expand(reshape(x, [batch, channels, height, 1, width, 1]), [
    batch,
    channels,
    height,
    factor,
    width,
    factor,
  ]);
  return reshape(spread, [batch, channels, height * factor, width * factor]);
}

/** Bilinear resize of [N, C, H, W] with half-pixel centres (`align_corners=False`), as two products with constant matrices. */
export function resizeBilinear(x: Value, height: number, width: number): Value {
  const [, , oldHeight, oldWidth] = x.shape as [number, number, number, number];
  const rows = interpolation(oldHeight, height, x.dtype);
  const columns = transpose(interpolation(oldWidth, width, x.dtype), [1, 0]);
  return matmul(matmul(rows, x), columns);
}

/** Matrix [to, from] whose rows blend the two nearest old samples. */
function interpolation(from: number, to: number, dtype: Dtype): Value {
  const data = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const centre = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(centre);
    const high = Math.min(low + 1, from - 1);
    data[i * from + low] = (data[i * from + low] as number) + 1 - (centre - low);
    data[i * from + high] = (data[i * from + high] as number) + centre - low;
  }
  return constant(data, [to, from], dtype);
}

/** [N, C r², H, W] -> [N, C, H r, W r], channels ordered (C, row, column) as PyTorch's PixelShuffle. */
export function pixelShuffle(x: Value, factor: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const out = channels / (factor * factor);
  const parts = transpose(reshape(x, [batch, out, factor, factor, height, width]), [0, 1, 4, 2, 5, 3]);
  return reshape(parts, [batch, out, height * factor, width * factor]);
}

/** [N, C, H r, W r] -> [N, C r², H, W], the inverse of {@link pixelShuffle}. */
export function pixelUnshuffle(x: Value, factor: number): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const parts = reshape(x, [batch, channels, height / factor, factor, width / factor, factor]);
  return reshape(transpose(parts, [0, 1, 3, 5, 2, 4]), [
    batch,
    channels * factor * factor,
    height / factor,
    width / factor,
  ]);
}
