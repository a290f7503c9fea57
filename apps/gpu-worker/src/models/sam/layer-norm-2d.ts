import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { transpose } from '@darkroom/graph/ops/movement';
import type { Value } from '@darkroom/graph/value';

/** Layer normalisation of [N, C, H, W] over the channels of each pixel, with `weight` and `bias` [C]. */
export function layerNorm2d(scope: Scope, x: Value, epsilon: number): Value {
  const channelsLast = transpose(x, [0, 2, 3, 1]);
  return transpose(layerNorm(scope, channelsLast, epsilon), [0, 3, 1, 2]);
}
