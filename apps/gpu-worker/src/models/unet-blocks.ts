/** The pieces of the conditional UNet; names of sub-modules as in diffusers. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import { groupNorm, layerNorm } from '@darkroom/graph/layers/norm';
import { resizeNearest } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu, mul, shift, silu } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { reshape, slice, split, transpose } from '@darkroom/graph/ops/movement';
import type { Value } from '@darkroom/graph/value';
import type { UnetConfig } from './unet-config.ts';

/** What every block reads beside the image: time embedding [B, T] and text states [B, L, D]. */
export interface Conditioning {
  readonly embedding: Value;
  readonly context: Value;
  readonly config: UnetConfig;
}

/** Residual block (He et al. 2016) with the time embedding between its convolutions: [B, C, H, W] -> [B, out, H, W]. */
export function resnet(
  scope: Scope,
  x: Value,
  outChannels: number,
  { embedding, config }: Conditioning,
): Value {
  const { norm_num_groups: groups, norm_eps: epsilon } = config;
  const scaleShift = config.resnet_time_scale_shift === 'scale_shift';
  const first = conv2d(
    scope.child('conv1'),
    silu(groupNorm(scope.child('norm1'), x, groups, epsilon)),
    outChannels,
  );
  const width = scaleShift ? 2 * outChannels : outChannels;
  const projected = linear(scope.child('time_emb_proj'), silu(embedding), width);
  const time = reshape(projected, [-1, width, 1, 1]);
  const norm2 = scope.child('norm2');
  const modulated = scaleShift
    ? modulate(groupNorm(norm2, first, groups, epsilon), time)
    : groupNorm(norm2, add(first, time), groups, epsilon);
  const second = conv2d(scope.child('conv2'), silu(modulated), outChannels);
  const shortcut =
    x.shape[1] === outChannels ? x : conv2d(scope.child('conv_shortcut'), x, outChannels, { kernel: 1 });
  return add(shortcut, second);
}

/** `x (1 + scale) + shift`, both halves of `time` along the channels (Perez et al. 2018). */
function modulate(x: Value, time: Value): Value {
  const [factor, offset] = split(time, 2, 1) as [Value, Value];
  return add(mul(x, shift(factor, 1)), offset);
}

/** Spatial transformer: self-attention, cross-attention to the text, feed-forward, over all positions. */
export function transformer(scope: Scope, x: Value, heads: number, conditioning: Conditioning): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const {
    norm_num_groups: groups,
    use_linear_projection: linearProjection,
    transformer_layers_per_block: depth,
  } = conditioning.config;
  const toSequence = (image: Value): Value =>
    transpose(reshape(image, [batch, channels, height * width]), [0, 2, 1]);
  const toImage = (sequence: Value): Value => reshape(transpose(sequence, [0, 2, 1]), x.shape);
  const projection = (name: string, image: Value): Value =>
    conv2d(scope.child(name), image, channels, { kernel: 1 });

  const normed = groupNorm(scope.child('norm'), x, groups, 1e-6);
  let h = linearProjection
    ? linear(scope.child('proj_in'), toSequence(normed), channels)
    : toSequence(projection('proj_in', normed));
  for (let layer = 0; layer < depth; layer++) {
    h = transformerBlock(scope.child('transformer_blocks', layer), h, heads, conditioning.context);
  }
  const out = linearProjection
    ? toImage(linear(scope.child('proj_out'), h, channels))
    : projection('proj_out', toImage(h));
  return add(out, x);
}

function transformerBlock(scope: Scope, x: Value, heads: number, context: Value): Value {
  const norm = (name: string, value: Value): Value => layerNorm(scope.child(name), value, 1e-5);
  const normed = norm('norm1', x);
  const own = add(x, crossAttention(scope.child('attn1'), normed, normed, heads));
  const told = add(own, crossAttention(scope.child('attn2'), norm('norm2', own), context, heads));
  return add(told, feedForward(scope.child('ff', 'net'), norm('norm3', told)));
}

function crossAttention(scope: Scope, x: Value, context: Value, heads: number): Value {
  const width = x.shape.at(-1) as number;
  const project = (name: string, value: Value): Value =>
    linear(scope.child(name), value, width, { bias: false });
  const mixed = attention(project('to_q', x), project('to_k', context), project('to_v', context), { heads });
  return linear(scope.child('to_out', 0), mixed, width);
}

/** GEGLU (Shazeer 2020) four times as wide, then back. */
function feedForward(scope: Scope, x: Value): Value {
  const width = x.shape.at(-1) as number;
  const [value, gate] = split(linear(scope.child(0, 'proj'), x, 8 * width), 2, -1) as [Value, Value];
  return linear(scope.child(2), mul(value, gelu(gate)), width);
}

/** Halves the image with a strided convolution. */
export function downsample(scope: Scope, x: Value): Value {
  return conv2d(scope.child('conv'), x, x.shape[1] as number, { stride: 2, padding: 1 });
}

/** Doubles the image (nearest), cut to `height` × `width` where the way down had rounded up, and convolves it. */
export function upsample(scope: Scope, x: Value, height: number, width: number): Value {
  const doubled = slice(resizeNearest(x, 2), { axes: [2, 3], starts: [0, 0], ends: [height, width] });
  return conv2d(scope.child('conv'), doubled, x.shape[1] as number);
}
