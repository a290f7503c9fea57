/** The edit model's networks, their configuration, and the loss they are trained with. */
import { ClipTextConfig, clipText } from '@darkroom/gpu-worker/models/clip-text';
import { unet } from '@darkroom/gpu-worker/models/unet';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { add, mul, neg, scale, shift, sqrt, square, sub } from '@darkroom/graph/ops/elementwise';
import { reshape } from '@darkroom/graph/ops/movement';
import { logSoftmax, reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import { constant, input, scalar, type Value } from '@darkroom/graph/value';
import { colourIds, editIds, objectIds, strengths } from '../edits.ts';

export const latentChannels = 16;

/** The two networks that are trained together. */
export interface EditNetwork {
  readonly text: ClipTextConfig;
  readonly unet: UnetConfig;
}

const text: ClipTextConfig = ClipTextConfig.parse({
  vocab_size: 1536,
  hidden_size: 192,
  intermediate_size: 576,
  num_hidden_layers: 3,
  num_attention_heads: 6,
  max_position_embeddings: 32,
  hidden_act: 'quick_gelu',
});

const editUnet: UnetConfig = UnetConfig.parse({
  sample_size: 32,
  in_channels: 2 * latentChannels,
  out_channels: latentChannels,
  block_out_channels: [128, 160, 192],
  down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
  up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
  layers_per_block: 1,
  norm_num_groups: 16,
  cross_attention_dim: text.hidden_size,
  attention_head_dim: 8,
  use_linear_projection: true,
  resnet_time_scale_shift: 'scale_shift',
  addition_embed_type: 'text',
  addition_embed_type_num_heads: 6,
  condition_residual: true,
});

/** The networks of the embedded model. */
export const editNetwork: EditNetwork = { text, unet: editUnet };

/**
 * Reads `{ "text_encoder": …, "unet": … }`, each as in its `config.json`.
 * @throws TypeError when the UNet does not read and write the latents of the autoencoder.
 */
export function parseEditNetwork(value: {
  readonly text_encoder?: unknown;
  readonly unet?: unknown;
}): EditNetwork {
  const network = { text: ClipTextConfig.parse(value.text_encoder), unet: UnetConfig.parse(value.unet) };
  const { in_channels: reads, out_channels: writes } = network.unet;
  if (reads !== 2 * latentChannels || writes !== latentChannels)
    throw new TypeError(
      `unet: expected ${2 * latentChannels} channels in and ${latentChannels} out, came ${reads} and ${writes}`,
    );
  return network;
}

/** What the words ask for, as classes: read off the pooled text state while training, to teach the text tower early. */
export const textHeads = {
  edit: editIds.length,
  strength: Object.keys(strengths).length,
  object: objectIds.length + 1,
  colour: colourIds.length + 1,
} as const;
export type TextHead = keyof typeof textHeads;

/** Weight of the classification beside the diffusion loss. */
const headWeight = 0.1;

export interface EditTraining {
  readonly loss: Value;
  readonly metrics: Readonly<Record<string, Value>>;
  readonly parameters: ReadonlyMap<string, Value>;
}

/** How errors of the clean latents count. */
export interface Objective {
  /** Weight of each latent channel, up to a common factor. */
  readonly importance: Float32Array;
  /** Where the robust loss turns from squared to absolute, in latent standard deviations. */
  readonly knee: number;
}

export interface BatchShape {
  readonly batch: number;
  /** Latent rows and columns. */
  readonly height: number;
  readonly width: number;
  /** Tokens of an instruction. */
  readonly length: number;
}

/**
 * Inputs: `sample` (noisy | condition), `timestep`, `ids`, `target`, `weight` [B] of a row in the loss, `named` [B] (1 where the instruction was kept) and
 * `class:<head>` one-hot rows. The loss is a pseudo-Huber distance to the clean latents, each channel weighted by its
 * `importance` (a power of its standard deviation in the image, so that it stands between latent and pixel error).
 */
export function editTraining(
  shape: BatchShape,
  { importance, knee }: Objective,
  network: EditNetwork = editNetwork,
): EditTraining {
  const { batch, height, width, length } = shape;
  const root = Scope.root();
  const { lastHiddenState, pooled } = clipText(
    root.child('text_encoder'),
    input('ids', [batch, length], 'int64'),
    network.text,
  );
  const sample = input('sample', [batch, 2 * latentChannels, height, width]);
  const inputs = { sample, timestep: input('timestep', [batch]), context: lastHiddenState };
  const denoised = unet(root.child('unet'), inputs, network.unet);
  const error = sub(denoised, input('target', denoised.shape));
  const robust = shift(sqrt(shift(square(error), knee ** 2)), -knee);
  const total = importance.reduce((sum, value) => sum + value, 0);
  const perChannel = importance.map((value) => (value * latentChannels) / total);
  const perRow = reshape(input('weight', [batch]), [batch, 1, 1, 1]);
  const weighted = mul(robust, constant(perChannel, [1, latentChannels, 1, 1]));
  const diffusion = reduceMean(mul(weighted, perRow));
  const words = textLoss(root.child('heads'), pooled, batch);
  return {
    loss: add(diffusion, scale(words, headWeight)),
    metrics: { diffusion, words },
    parameters: root.parameters,
  };
}

/** Mean cross-entropy of all heads over the rows whose instruction was kept. */
function textLoss(scope: Scope, pooled: Value, batch: number): Value {
  const named = input('named', [batch]);
  const losses = Object.entries(textHeads).map(([head, classes]) => {
    const likelihood = logSoftmax(linear(scope.child(head), pooled, classes));
    const picked = reduceSum(mul(likelihood, input(`class:${head}`, [batch, classes])), { axes: [1] });
    return neg(reduceMean(mul(picked, named)));
  });
  return losses.reduce(add, scalar(0));
}
