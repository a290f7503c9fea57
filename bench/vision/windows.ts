/** Cutting a grid of tokens into square windows that attend to themselves (ViTDet, Li et al. 2022, section 3). */
import { concat, pad, reshape, slice, transpose } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';

/**
 * [N, H, W, C] -> [N · windows, size, size, C]; after the last row and column tokens are added until windows fit.
 * @param fill what is added, [C]. Absent: zeros
 */
export function cutWindows(x: Value, size: number, fill?: Value): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const whole = fillUp(x, [rows * size, columns * size], fill);
  const cut = reshape(whole, [batch, rows, size, columns, size, channels]);
  return reshape(transpose(cut, [0, 1, 3, 2, 4, 5]), [batch * rows * columns, size, size, channels]);
}

function fillUp(x: Value, [rows, columns]: readonly [number, number], fill: Value | undefined): Value {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  if (!fill) return pad(x, [0, 0, 0, 0, 0, rows - height, columns - width, 0]);
  const added = (down: number, across: number): Value =>
    expand(reshape(fill, [1, 1, 1, channels]), [batch, down, across, channels]);
  const wide = columns > width ? concat([x, added(height, columns - width)], 2) : x;
  return rows > height ? concat([wide, added(rows - height, columns)], 1) : wide;
}

/** The inverse of {@link cutWindows}: windows [N · windows, size, size, C] -> [N, H, W, C] without what was added. */
export function joinWindows(
  windows: Value,
  [batch, height, width]: readonly [number, number, number],
): Value {
  const size = axisSize(windows.shape, 1);
  const channels = axisSize(windows.shape, 3);
  const [rows, columns] = [Math.ceil(height / size), Math.ceil(width / size)];
  const cut = reshape(windows, [batch, rows, columns, size, size, channels]);
  const joined = transpose(cut, [0, 1, 3, 2, 4, 5]);
  const whole = reshape(joined, [batch, rows * size, columns * size, channels]);
  return slice(whole, { axes: [1, 2], starts: [0, 0], ends: [height, width] });
}
