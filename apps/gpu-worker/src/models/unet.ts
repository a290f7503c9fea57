/** The conditional UNet of latent diffusion (Rombach et al. 2022), tensor names of diffusers' `UNet2DConditionModel`. */
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import { groupNorm, layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { abs, add, cos, greater, mul, scale, silu, sin, where } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { concat, narrow, reshape } from '@darkroom/graph/ops/movement';
import { reduceMax, reduceMean } from '@darkroom/graph/ops/reduction';
import { constant, scalar, type Value } from '@darkroom/graph/value';
import { type Conditioning, downsample, resnet, transformer, upsample } from './unet-blocks.ts';
import { headsOf, type UnetConfig } from './unet-config.ts';

/** What the UNet reads. */
export interface UnetInputs {
  /** Latents, with conditioning channels after the noisy ones: [B, in_channels, H, W]. */
  readonly sample: Value;
  /** One timestep per row, float32 [B]; need not be a whole number. */
  readonly timestep: Value;
  /** Text states [B, L, cross_attention_dim]. */
  readonly context: Value;
  /** LCM: sinusoidal embedding of the guidance scale, [B, time_cond_proj_dim]. */
  readonly guidance?: Value;
}

/** The model's output [B, out_channels, H, W], in the parameterisation it was trained for. */
export function unet(scope: Scope, inputs: UnetInputs, config: UnetConfig): Value {
  const widths = config.block_out_channels;
  const conditioning: Conditioning = {
    embedding: embedConditions(scope, inputs, config),
    context: inputs.context,
    config,
  };
  const skips = [conv2d(scope.child('conv_in'), inputs.sample, widths[0] as number)];
  config.down_block_types.forEach((type, block) => {
    const down = scope.child('down_blocks', block);
    for (let layer = 0; layer < config.layers_per_block; layer++) {
      const h = resnet(
        down.child('resnets', layer),
        skips.at(-1) as Value,
        widths[block] as number,
        conditioning,
      );
      const attends = type === 'CrossAttnDownBlock2D';
      skips.push(
        attends ? transformer(down.child('attentions', layer), h, headsOf(config, block), conditioning) : h,
      );
    }
    const last = block === widths.length - 1;
    if (!last) skips.push(downsample(down.child('downsamplers', 0), skips.at(-1) as Value));
  });
  const middle = midBlock(scope.child('mid_block'), skips.at(-1) as Value, conditioning);
  const h = upBlocks(scope, middle, skips, conditioning);
  const normed = silu(groupNorm(scope.child('conv_norm_out'), h, config.norm_num_groups, config.norm_eps));
  const out = conv2d(scope.child('conv_out'), normed, config.out_channels);
  return config.condition_residual ? add(out, residualBase(inputs, config)) : out;
}

function midBlock(scope: Scope, x: Value, conditioning: Conditioning): Value {
  const width = x.shape[1] as number;
  const heads = headsOf(conditioning.config, conditioning.config.block_out_channels.length - 1);
  const first = resnet(scope.child('resnets', 0), x, width, conditioning);
  const attended = transformer(scope.child('attentions', 0), first, heads, conditioning);
  return resnet(scope.child('resnets', 1), attended, width, conditioning);
}

function upBlocks(scope: Scope, middle: Value, skips: readonly Value[], conditioning: Conditioning): Value {
  const { config } = conditioning;
  const widths = [...config.block_out_channels].reverse();
  const rest = [...skips];
  let h = middle;
  config.up_block_types.forEach((type, block) => {
    const up = scope.child('up_blocks', block);
    const heads = headsOf(config, widths.length - 1 - block);
    for (let layer = 0; layer <= config.layers_per_block; layer++) {
      const joined = concat([h, rest.pop() as Value], 1);
      h = resnet(up.child('resnets', layer), joined, widths[block] as number, conditioning);
      if (type === 'CrossAttnUpBlock2D')
        h = transformer(up.child('attentions', layer), h, heads, conditioning);
    }
    if (block === widths.length - 1) return;
    const [, , height, width] = (rest.at(-1) as Value).shape as [number, number, number, number];
    h = upsample(up.child('upsamplers', 0), h, height, width);
  });
  return h;
}

/** Time embedding [B, 4 · width] plus whatever else the checkpoint adds to it. */
function embedConditions(
  scope: Scope,
  { timestep, context, guidance }: UnetInputs,
  config: UnetConfig,
): Value {
  const base = config.block_out_channels[0] as number;
  const width = 4 * base;
  const mlp = scope.child('time_embedding');
  const waves = sinusoids(timestep, base, config);
  const conditioned =
    guidance && config.time_cond_proj_dim
      ? add(waves, linear(mlp.child('cond_proj'), guidance, base, { bias: false }))
      : waves;
  const time = linear(mlp.child('linear_2'), silu(linear(mlp.child('linear_1'), conditioned, width)), width);
  if (config.addition_embed_type === null) return time;
  return add(time, textEmbedding(scope.child('add_embedding'), context, width, config));
}

/**
 * Sinusoidal timestep embedding [B, width] (Vaswani et al. 2017). Frequencies are rounded to float32 before they meet
 * the timestep, as in the reference: at t = 951 that is visible at 1e-5.
 */
function sinusoids(timestep: Value, width: number, config: UnetConfig): Value {
  const half = width / 2;
  const step = Math.fround(-Math.log(10_000));
  const frequencies = Float32Array.from({ length: half }, (_, i) =>
    Math.exp(Math.fround(Math.fround(step * i) / (half - config.freq_shift))),
  );
  const angles = mul(reshape(timestep, [-1, 1]), constant(frequencies, [1, half]));
  return concat(config.flip_sin_to_cos ? [cos(angles), sin(angles)] : [sin(angles), cos(angles)], 1);
}

/** Attention-pooled text states as a vector of the time embedding's width (diffusers' `TextTimeEmbedding`). */
function textEmbedding(scope: Scope, context: Value, width: number, config: UnetConfig): Value {
  const normed = layerNorm(scope.child('norm1'), context, 1e-5);
  const pool = scope.child('pool');
  const [batch, , features] = normed.shape as [number, number, number];
  const position = reshape(pool.parameter('positional_embedding', [1, features]), [1, 1, features]);
  const summary = add(reduceMean(normed, { axes: [1], keepDims: true }), position);
  const tokens = concat([summary, normed], 1);
  const project = (name: string, value: Value): Value => linear(pool.child(name), value, features);
  const pooled = attention(project('q_proj', summary), project('k_proj', tokens), project('v_proj', tokens), {
    heads: config.addition_embed_type_num_heads,
  });
  return layerNorm(
    scope.child('norm2'),
    linear(scope.child('proj'), reshape(pooled, [batch, features]), width),
    1e-5,
  );
}

/**
 * What a residual network corrects: the conditioning latents, or without them the noisy latents times cos(π t / 2000),
 * the linear minimum-mean-square estimate of unit-variance latents under a cosine noise schedule.
 */
function residualBase({ sample, timestep }: UnetInputs, config: UnetConfig): Value {
  const noisy = narrow(sample, 1, 0, config.out_channels);
  const condition = narrow(sample, 1, config.out_channels, 2 * config.out_channels);
  const given = greater(reduceMax(abs(condition), { axes: [1, 2, 3], keepDims: true }), scalar(0));
  const trust = reshape(cos(scale(timestep, Math.PI / 2000)), [-1, 1, 1, 1]);
  return where(given, condition, mul(noisy, trust));
}
