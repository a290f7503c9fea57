/** The mask decoder of Segment Anything (Kirillov et al. 2023, appendix A). */
import type { Dtype } from '@darkroom/graph/dtype';
import { conv2d } from '@darkroom/graph/layers/conv2d';
import { linear } from '@darkroom/graph/layers/linear';
import type { Scope } from '@darkroom/graph/layers/scope';
import { convTranspose } from '@darkroom/graph/ops/convolution';
import { add, gelu, relu, where } from '@darkroom/graph/ops/elementwise';
import { matmul } from '@darkroom/graph/ops/matmul';
import { concat, narrow, reshape, transpose } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import { axisSize } from '@darkroom/graph/shape';
import { filled, type Value } from '@darkroom/graph/value';
import { layerNorm2d } from './layer-norm-2d.ts';
import type { SamDecoderConfig } from './sam-config.ts';
import { twoWayTransformer } from './two-way-transformer.ts';

/** An encoded image and encoded prompts. */
export interface MaskDecoderInputs {
  /** [P or 1, C, h, w]: one image may serve all prompts. */
  readonly image: Value;
  /** Dense prompt, broadcast to the image. */
  readonly dense: Value;
  /** Embedded places of the image's patches, [1, h w, C]. */
  readonly positions: Value;
  /** Sparse prompts [P, N, C]; absent: none. */
  readonly sparse?: Value;
  /** bool [P, N]: sparse prompts that no token attends to. */
  readonly absent?: Value;
  /** What the encoder saw at higher resolution. */
  readonly finer?: FinerFeatures | undefined;
}

/** Features that are added while the image is upscaled, as in SAM 2 (Ravi et al. 2024, section 4). */
export interface FinerFeatures {
  /** [P or 1, C / 4, 2 h, 2 w] */
  readonly eighth: Value;
  /** [P or 1, C / 8, 4 h, 4 w] */
  readonly quarter: Value;
}

/** Brings features [N, …, 2 h, 2 w] and [N, …, 4 h, 4 w] to the decoder's widths; done once per image. */
export function finerFeatures(
  scope: Scope,
  { eighth, quarter }: FinerFeatures,
  { hidden_size: width }: SamDecoderConfig,
): FinerFeatures {
  const decoder = scope.child('mask_decoder');
  return {
    eighth: conv2d(decoder.child('conv_s1'), eighth, Math.floor(width / 4), { kernel: 1 }),
    quarter: conv2d(decoder.child('conv_s0'), quarter, Math.floor(width / 8), { kernel: 1 }),
  };
}

/** Masks of every prompt: entry 0 is the single answer, the others are alternatives for a prompt of several meanings. */
export interface MaskDecoderOutput {
  /** Logits, [P, 1 + alternatives, 4 h, 4 w]. */
  readonly masks: Value;
  /** Estimated intersection over union of each mask, [P, 1 + alternatives]. */
  readonly iou: Value;
}

/** Added to a score that must not count; a finite float16. */
const hidden = -1e4;
/** Epsilon of the norm between the upscaling convolutions, whatever the configuration says of the others. */
const upscaleEpsilon = 1e-6;

/** Prompts and image to masks. */
export function samMaskDecoder(
  scope: Scope,
  inputs: MaskDecoderInputs,
  config: SamDecoderConfig,
): MaskDecoderOutput {
  const decoder = scope.child('mask_decoder');
  const { hidden_size: width, num_multimask_outputs: alternatives } = config;
  const prompts = axisSize((inputs.sparse ?? inputs.image).shape, 0);
  const count = 1 + alternatives;
  const outputTokens = concat(
    [
      decoder.child('iou_token').parameter('weight', [1, width]),
      decoder.child('mask_tokens').parameter('weight', [count, width]),
    ],
    0,
  );
  const asked = expand(reshape(outputTokens, [1, 1 + count, width]), [prompts, 1 + count, width]);
  const [, , height, columns] = inputs.image.shape as [number, number, number, number];
  const { tokens, image } = twoWayTransformer(
    decoder.child('transformer'),
    {
      tokens: inputs.sparse ? concat([asked, inputs.sparse], 1) : asked,
      image: toTokens(add(inputs.image, inputs.dense)),
      positions: inputs.positions,
      bias: inputs.absent && hideAbsent(inputs.absent, 1 + count, scope.dtype),
    },
    config,
  );
  const plane = reshape(transpose(image, [0, 2, 1]), [prompts, width, height, columns]);
  const read = (index: number): Value => narrow(tokens, 1, index, index + 1);
  const weights = Array.from({ length: count }, (_, mask) =>
    maskWeights(decoder, mask, read(1 + mask), width),
  );
  return {
    masks: maskLogits(concat(weights, 1), upscale(decoder, plane, inputs.finer)),
    iou: reshape(
      feedForward(decoder.child('iou_prediction_head'), read(0), {
        inner: config.iou_head_hidden_dim,
        out: count,
        depth: config.iou_head_depth,
      }),
      [prompts, count],
    ),
  };
}

/** [B, C, h, w] -> [B, h w, C] */
function toTokens(x: Value): Value {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  return transpose(reshape(x, [batch, channels, height * width]), [0, 2, 1]);
}

/** Bias of token scores [P, 1, 1, T]; the first `asked` tokens are the decoder's own. */
function hideAbsent(absent: Value, asked: number, dtype: Dtype): Value {
  const [prompts, sparse] = absent.shape as [number, number];
  const bias = where(absent, filled(hidden, [], dtype), filled(0, [], dtype));
  return concat([filled(0, [prompts, 1, 1, asked], dtype), reshape(bias, [prompts, 1, 1, sparse])], 3);
}

/** [P, C, h, w] -> [P, C / 8, 4 h, 4 w] */
function upscale(decoder: Scope, plane: Value, finer: FinerFeatures | undefined): Value {
  const width = axisSize(plane.shape, 1);
  const plus = (x: Value, feature: Value | undefined): Value => (feature ? add(x, feature) : x);
  const doubled = double(decoder.child('upscale_conv1'), plane, Math.floor(width / 4));
  const detailed = plus(doubled, finer?.eighth);
  const normed = gelu(layerNorm2d(decoder.child('upscale_layer_norm'), detailed, upscaleEpsilon));
  const whole = double(decoder.child('upscale_conv2'), normed, Math.floor(width / 8));
  return gelu(plus(whole, finer?.quarter));
}

/** Transposed 2 × 2 convolution of stride 2: `weight` [in, out, 2, 2], `bias` [out]. */
function double(scope: Scope, x: Value, out: number): Value {
  const weight = scope.parameter('weight', [axisSize(x.shape, 1), out, 2, 2]);
  return convTranspose(x, weight, scope.parameter('bias', [out]), { strides: [2, 2] });
}

/** What a mask's token says about the upscaled image: token [P, 1, C] -> [P, 1, C / 8]. */
function maskWeights(decoder: Scope, mask: number, token: Value, width: number): Value {
  const layers = decoder.child('output_hypernetworks_mlps', mask);
  return feedForward(layers, token, { inner: width, out: Math.floor(width / 8), depth: 3 });
}

/** weights [P, M, D], image [P, D, H, W] -> [P, M, H, W] */
function maskLogits(weights: Value, image: Value): Value {
  const [prompts, depth, height, width] = image.shape as [number, number, number, number];
  const flat = matmul(weights, reshape(image, [prompts, depth, height * width]));
  return reshape(flat, [prompts, axisSize(weights.shape, 1), height, width]);
}

/** `depth` linear layers with ReLU between them. */
function feedForward(
  scope: Scope,
  x: Value,
  { inner, out, depth }: { readonly inner: number; readonly out: number; readonly depth: number },
): Value {
  let h = relu(linear(scope.child('proj_in'), x, inner));
  for (let layer = 0; layer < depth - 2; layer++) h = relu(linear(scope.child('layers', layer), h, inner));
  return linear(scope.child('proj_out'), h, out);
}
