/** The text decoder of BLIP (Li et al. 2022), with the tensor names of transformers' `BlipTextLMHeadModel`. */
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, div, equal, gelu, mul, neg, scale } from '@darkroom/graph/ops/elementwise';
import { attention, causalBias } from '@darkroom/graph/ops/matmul';
import { narrow, reshape } from '@darkroom/graph/ops/movement';
import { logSoftmax, reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import { bertLayers, embedTokens, type Memory, pictureMemories, placesOf, type Reading } from './bert.ts';
import type { BlipTextConfig } from './config.ts';

/** The part of the decoder below its head. */
export function decoderBody(scope: Scope): Scope {
  return scope.child('text_decoder', 'bert');
}

/**
 * Logits of the token after each position, [B, S, vocab_size]: the whole text at once, as in training.
 *
 * @param ids int64 [B, S]
 * @param picture states of the vision tower, [B, P, hidden of the tower]
 */
export function blipLogits(scope: Scope, ids: Value, picture: Value, config: BlipTextConfig): Value {
  const [, length] = ids.shape as [number, number];
  const body = decoderBody(scope);
  const heads = config.num_attention_heads;
  const bias = causalBias(length, scope.dtype);
  const pictures = pictureMemories(body, picture, config);
  const reading: Reading = {
    text: (_layer, queries, { keys, values }) => attention(queries, keys, values, { heads, bias }),
    picture: (layer, queries) => {
      const { keys, values } = pictures[layer] as Memory;
      return attention(queries, keys, values, { heads });
    },
  };
  const embedded = embedTokens(body, ids, placesOf(length), config);
  return wordLogits(scope, bertLayers(body, embedded, reading, config), config);
}

/** The head: states [B, S, hidden] to logits [B, S, vocab_size]. */
export function wordLogits(scope: Scope, states: Value, config: BlipTextConfig): Value {
  const head = scope.child('text_decoder', 'cls', 'predictions');
  const transformed = gelu(linear(head.child('transform', 'dense'), states, config.hidden_size));
  const normed = layerNorm(head.child('transform', 'LayerNorm'), transformed, config.layer_norm_eps);
  const products = linear(head.child('decoder'), normed, config.vocab_size, { bias: false });
  return add(products, head.parameter('bias', [config.vocab_size]));
}

/**
 * Cross-entropy of predicting every token of `ids` [B, S] from those before it, with a tenth of the weight spread over the
 * vocabulary (label smoothing, Szegedy et al. 2016); the mean over all tokens but the first.
 *
 * @param logits [B, S, vocab_size]
 * @param weights [B, S - 1], how much each token but the first counts in the mean. Absent: all alike, padding too, as in
 *   the reference
 */
export function captionLoss(logits: Value, ids: Value, weights?: Value): Value {
  const smoothing = 0.1;
  const [, length, vocabulary] = logits.shape as [number, number, number];
  const likelihood = logSoftmax(narrow(logits, 1, 0, length - 1));
  const targets = narrow(ids, 1, 1, length);
  const words = placesOf(vocabulary);
  const isTarget = cast(equal(reshape(targets, [...targets.shape, 1]), words), likelihood.dtype);
  const sharp = reduceSum(mul(likelihood, isTarget), { axes: [-1] });
  const spread = reduceMean(likelihood, { axes: [-1] });
  const each = neg(add(scale(sharp, 1 - smoothing), scale(spread, smoothing)));
  return weights ? div(reduceSum(mul(each, weights)), reduceSum(weights)) : reduceMean(each);
}
