/**
 * OWL-ViT (Minderer et al. 2022): CLIP without pooling, where every patch gives a box and a vector that is compared with
 * queries. Tensor names of transformers' `OwlViTForObjectDetection`.
 */
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import { Scope } from '@darkroom/graph/layers/scope';
import { add, exp, gelu, greater, min, mul, relu, sigmoid, where } from '@darkroom/graph/ops/elementwise';
import { matmul, transposeLast } from '@darkroom/graph/ops/matmul';
import { narrow, reshape } from '@darkroom/graph/ops/movement';
import { constant, filled, input, scalar, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { clipLogits } from './clip.ts';
import { ClipTextConfig, clipText } from './clip-text.ts';
import { ClipVisionConfig, clipPatchStates } from './clip-vision.ts';
import type { DeclaredWeights } from './declare-weights.ts';
import { unitVectors } from './unit-vectors.ts';

/** `config.json` of transformers' `OwlViTForObjectDetection`; absent values take that class's defaults. */
export const OwlvitConfig = z.object({
  text_config: ClipTextConfig.extend({ max_position_embeddings: z.int().positive().default(16) }).prefault(
    {},
  ),
  vision_config: ClipVisionConfig.extend({ image_size: z.int().positive().default(768) }).prefault({}),
  /** Length of a query. */
  projection_dim: z.int().positive().default(512),
});
export type OwlvitConfig = z.infer<typeof OwlvitConfig>;

/** What a picture gives, whatever it is asked for; patches are row by row. */
export interface OwlvitRegions {
  /** [B, patches, hidden]: what the class head reads. */
  readonly features: Value;
  /** Centre, width and height as parts of the picture, [B, patches, 4]. */
  readonly boxes: Value;
  /** What is at each patch, [B, patches, projection_dim]; one of these is the query when a picture is looked for. */
  readonly classEmbeddings: Value;
  /** The whole picture, [B, projection_dim]. */
  readonly picture: Value;
}

/** @param pixels float32 [B, 3, image_size, image_size], normalised */
export function owlvitRegions(scope: Scope, pixels: Value, config: OwlvitConfig): OwlvitRegions {
  const { vision_config: vision } = config;
  const base = scope.child('owlvit');
  const tower = base.child('vision_model');
  const states = clipPatchStates(tower, pixels, vision, 'pre_layernorm');
  const normed = layerNorm(tower.child('post_layernorm'), states, vision.layer_norm_eps);
  const [batch, tokens, width] = normed.shape as [number, number, number];
  const classToken = narrow(normed, 1, 0, 1);
  const patches = mul(narrow(normed, 1, 1, tokens), classToken);
  const features = layerNorm(scope.child('layer_norm'), patches, vision.layer_norm_eps);
  const project = base.child('visual_projection');
  return {
    features,
    boxes: boxHead(scope.child('box_head'), features),
    classEmbeddings: linear(scope.child('class_head', 'dense0'), features, config.projection_dim),
    picture: linear(project, reshape(classToken, [batch, width]), config.projection_dim, { bias: false }),
  };
}

/** Texts to look for. */
export interface OwlvitQueries {
  /** Unit vectors, [Q, projection_dim]. */
  readonly embeddings: Value;
  /** bool [Q]; false for a row of padding, whose first id is 0. */
  readonly given?: Value;
}

/** @param ids int64 [Q, S], each row padded with 0 after its end-of-text token */
export function owlvitQueries(scope: Scope, ids: Value, config: OwlvitConfig): OwlvitQueries {
  const base = scope.child('owlvit');
  const { pooled } = clipText(base, ids, config.text_config);
  const embeddings = linear(base.child('text_projection'), pooled, config.projection_dim, { bias: false });
  const first = reshape(narrow(ids, 1, 0, 1), [-1]);
  return { embeddings: unitVectors(embeddings), given: greater(first, filled(0, [], 'int64')) };
}

/** What the reference adds to a length before it divides by it. */
const lengthMargin = 1e-6;

/** How much each patch looks like each query, [B, patches, Q]; the probability is the sigmoid. */
export function owlvitLogits(
  scope: Scope,
  { features, classEmbeddings }: Pick<OwlvitRegions, 'features' | 'classEmbeddings'>,
  { embeddings, given }: OwlvitQueries,
): Value {
  const head = scope.child('class_head');
  const queries = transposeLast(unitVectors(embeddings, lengthMargin));
  const cosines = matmul(unitVectors(classEmbeddings, lengthMargin), queries);
  const logits = mul(
    add(cosines, linear(head.child('logit_shift'), features, 1)),
    aboveZero(linear(head.child('logit_scale'), features, 1)),
  );
  // As good as never, and still a finite float16.
  return given ? where(given, logits, scalar(-1e4, logits.dtype)) : logits;
}

/** How well each whole picture [B, D] fits each query, scaled by CLIP's temperature: [B, Q]. */
export function owlvitSimilarity(scope: Scope, picture: Value, { embeddings }: OwlvitQueries): Value {
  return clipLogits(scope.child('owlvit'), picture, embeddings);
}

/** `ELU(x) + 1`, which is e^x below 0 and x + 1 above. */
function aboveZero(x: Value): Value {
  return add(relu(x), exp(min(x, scalar(0, x.dtype))));
}

function boxHead(scope: Scope, features: Value): Value {
  const [, patches, width] = features.shape as [number, number, number];
  const first = gelu(linear(scope.child('dense0'), features, width));
  const second = gelu(linear(scope.child('dense1'), first, width));
  const offsets = linear(scope.child('dense2'), second, 4);
  return sigmoid(add(offsets, boxBias(Math.sqrt(patches), scope)));
}

/** What makes a box without offsets end at its patch's far corner and be as large as the patch: [side², 4]. */
function boxBias(side: number, { dtype }: Scope): Value {
  const data = new Float32Array(side * side * 4);
  const size = logit(1 / side);
  for (let patch = 0; patch < side * side; patch++) {
    const [column, row] = [patch % side, Math.floor(patch / side)];
    data.set([logit((column + 1) / side), logit((row + 1) / side), size, size], patch * 4);
  }
  return constant(data, [side * side, 4], dtype);
}

/** The inverse of the sigmoid, kept finite at 1 by the reference's margin and rounded where the reference rounds. */
function logit(part: number): number {
  const margin = 1e-4;
  return Math.log(part + margin) - Math.log1p(Math.fround(margin - part));
}

/** What the checkpoint of an OWL-ViT holds. */
export function declareOwlvit(config: OwlvitConfig): DeclaredWeights {
  const scope = Scope.root();
  const { image_size: side, num_channels: channels } = config.vision_config;
  const regions = owlvitRegions(scope, input('pixels', [1, channels, side, side]), config);
  const queries = owlvitQueries(scope, input('ids', [1, 1], 'int64'), config);
  owlvitLogits(scope, regions, queries);
  owlvitSimilarity(scope, regions.picture, queries);
  return scope.parameters;
}
