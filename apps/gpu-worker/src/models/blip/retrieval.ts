/**
 * BLIP that compares pictures with texts (Li et al. 2022): by the cosine of two vectors, or by reading both together.
 * Tensor names of transformers' `BlipForImageTextRetrieval`.
 */
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { equal, where } from '@darkroom/graph/ops/elementwise';
import { attention } from '@darkroom/graph/ops/matmul';
import { narrow, reshape } from '@darkroom/graph/ops/movement';
import { filled, input, scalar, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import type { DeclaredWeights } from '../declare-weights.ts';
import { unitVectors } from '../unit-vectors.ts';
import { bertLayers, embedTokens, type Memory, pictureMemories, placesOf, type Reading } from './bert.ts';
import { BlipConfig } from './config.ts';
import { blipVision } from './vision-tower.ts';

/** `config.json` of transformers' `BlipForImageTextRetrieval`. */
export const BlipRetrievalConfig = BlipConfig.extend({
  /** Length of the vectors that are compared. */
  image_text_hidden_size: z.int().positive().default(256),
});
export type BlipRetrievalConfig = z.infer<typeof BlipRetrievalConfig>;

/** The id that fills rows of ids up. */
const padding = 0;

/**
 * Pictures as unit vectors [B, image_text_hidden_size]; their product with a text's is the cosine.
 *
 * @param picture states of the vision tower, [B, P, hidden]
 */
export function blipPictureFeatures(scope: Scope, picture: Value, config: BlipRetrievalConfig): Value {
  return unitVectors(linear(scope.child('vision_proj'), firstToken(picture), config.image_text_hidden_size));
}

/**
 * Texts as unit vectors [B, image_text_hidden_size].
 *
 * @param ids int64 [B, S], the start mark first, padded with 0
 */
export function blipTextFeatures(scope: Scope, ids: Value, config: BlipRetrievalConfig): Value {
  const states = readText(scope, ids, config);
  return unitVectors(linear(scope.child('text_proj'), firstToken(states), config.image_text_hidden_size));
}

/**
 * Each text read beside its picture: logits [B, 2] of not fitting and of fitting.
 *
 * @param ids int64 [B, S], the start mark first, padded with 0
 * @param picture states of the vision tower, [B, P, hidden]
 */
export function blipMatch(scope: Scope, ids: Value, picture: Value, config: BlipRetrievalConfig): Value {
  return linear(scope.child('itm_head'), firstToken(readText(scope, ids, config, picture)), 2);
}

/** All tokens see each other, but for padding: [B, S, hidden]. */
function readText(
  scope: Scope,
  ids: Value,
  { text_config: text }: BlipRetrievalConfig,
  picture?: Value,
): Value {
  const encoder = scope.child('text_encoder');
  const [batch, length] = ids.shape as [number, number];
  const heads = text.num_attention_heads;
  const [hidden, visible] = [scalar(-1e4, scope.dtype), scalar(0, scope.dtype)];
  const isPadding = equal(ids, filled(padding, [], 'int64'));
  const bias = reshape(where(isPadding, hidden, visible), [batch, 1, 1, length]);
  const pictures = picture && pictureMemories(encoder, picture, text);
  const reading: Reading = {
    text: (_layer, queries, { keys, values }) => attention(queries, keys, values, { heads, bias }),
    ...(pictures && {
      picture: (layer: number, queries: Value) => {
        const { keys, values } = pictures[layer] as Memory;
        return attention(queries, keys, values, { heads });
      },
    }),
  };
  return bertLayers(encoder, embedTokens(encoder, ids, placesOf(length), text), reading, text);
}

function firstToken(states: Value): Value {
  const [batch, , width] = states.shape as [number, number, number];
  return reshape(narrow(states, 1, 0, 1), [batch, width]);
}

/** What the checkpoint of a BLIP for retrieval holds. */
export function declareBlipRetrieval(config: BlipRetrievalConfig): DeclaredWeights {
  const scope = Scope.root();
  const { image_size: side } = config.vision_config;
  const picture = blipVision(scope, input('pixels', [1, 3, side, side]), config.vision_config);
  const ids = input('ids', [1, 1], 'int64');
  blipPictureFeatures(scope, picture, config);
  blipTextFeatures(scope, ids, config);
  blipMatch(scope, ids, picture, config);
  return scope.parameters;
}
