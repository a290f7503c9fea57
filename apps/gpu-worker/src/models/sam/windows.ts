/** Cutting a grid of tokens into square windows that attend to themselves (ViTDet, Li et al. 2022, section 3). */
import { narrow, padAxis, reshape, transpose } from '@darkroom/graph/ops/movement';
import type { Value } from '@darkroom/graph/value';

/** [N, H, W, C] -> [N · windows, size, size, C]; zeros are added after the last row and column until windows fit. */
export function cutWindows(x: Value, size: number): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const padded = padAxis(padAxis(x, 1, 0, rows * size - height), 2, 0, columns * size - width);
  const cut = reshape(padded, [batch, rows, size, columns, size, channels]);
  return reshape(transpose(cut, [0, 1, 3, 2, 4, 5]), [batch * rows * columns, size, size, channels]);
}

/** The inverse of {@link cutWindows}: windows [N · windows, size, size, C] -> [N, H, W, C] without what was added. */
export function joinWindows(
  windows: Value,
  [batch, height, width]: readonly [number, number, number],
): Value {
  const [, size, , channels] = windows.shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const cut = reshape(windows, [batch, rows, columns, size, size, channels]);
  const joined = transpose(cut, [0, 1, 3, 2, 4, 5]);
  const padded = reshape(joined, [batch, rows * size, columns * size, channels]);
  return narrow(narrow(padded, 1, 0, height), 2, 0, width);
}
