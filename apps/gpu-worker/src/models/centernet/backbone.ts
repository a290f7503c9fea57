/** MobileNetV3 (Howard et al. 2019) as the published CenterNet has it, pruned; what other networks see with, too. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, relu } from '@darkroom/graph/ops/elementwise';
import { axisSize } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import type { CenternetBackboneConfig, CenternetBlock } from './config.ts';
import { depthwise, hardSwish, sameConv, squeezeExcite } from './layers.ts';

/** What a picture [N, 3, H, W] shows at four scales; channel numbers are those of the published detector. */
export interface BackboneFeatures {
  /** [N, 72, H/4, W/4], at least 0 */
  readonly quarter: Value;
  /** [N, 96, H/8, W/8], at least 0 */
  readonly eighth: Value;
  /** [N, 88, H/16, W/16] */
  readonly sixteenth: Value;
  /** [N, 480, H/32, W/32] */
  readonly thirtySecond: Value;
}

/**
 * @param image [N, 3, H, W], sides multiples of 32; sRGB values from 0 to 255
 */
export function centernetBackbone(
  scope: Scope,
  image: Value,
  config: CenternetBackboneConfig,
): BackboneFeatures {
  const stem = sameConv(scope.child('stem'), image, config.stem_channels, { kernel: 3, stride: 2 });
  let x = hardSwish(stem);
  /** What each stride leaves behind: the last wide activation before it, or the last block's answer at 1/16. */
  const widest: Value[] = [];
  const answers: Value[] = [];
  config.blocks.forEach((block, i) => {
    const { out, inner } = invertedResidual(scope.child('blocks', i), x, block);
    widest.push(inner);
    answers.push(out);
    x = out;
  });
  const strided = config.blocks.flatMap(({ stride }, i) => (stride === 2 ? [i] : []));
  const [, toEighth = 0, toSixteenth = 0, toThirtySecond = 0] = strided;
  const last = hardSwish(conv2d(scope.child('last'), x, config.last_channels, { kernel: 1 }));
  return {
    quarter: widest[toEighth] as Value,
    eighth: widest[toSixteenth - 1] as Value,
    sixteenth: answers[toThirtySecond - 1] as Value,
    thirtySecond: last,
  };
}

interface BlockValues {
  readonly out: Value;
  /** After widening, before the depthwise convolution. */
  readonly inner: Value;
}

function invertedResidual(scope: Scope, x: Value, block: CenternetBlock): BlockValues {
  const activate = block.activation === 'relu' ? relu : hardSwish;
  const inner =
    block.expansion === null ? x : activate(conv2d(scope.child('expand'), x, block.expansion, { kernel: 1 }));
  const spread = activate(depthwise(scope.child('depthwise'), inner, block));
  const weighed =
    block.squeeze === null ? spread : squeezeExcite(scope.child('squeeze'), spread, block.squeeze);
  const projected = conv2d(scope.child('project'), weighed, block.out, { kernel: 1 });
  const isResidual = block.stride === 1 && axisSize(x.shape, 1) === block.out;
  return { inner, out: isResidual ? add(projected, x) : projected };
}
