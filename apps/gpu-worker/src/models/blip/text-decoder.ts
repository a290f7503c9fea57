/**
 * The text decoder of BLIP (Li et al. 2022): BERT's post-norm layers under a causal mask, each looking at the picture too.
 * Tensor names of transformers' `BlipTextLMHeadModel`.
 */
import { embedding } from '@darkroom/graph/layers/embedding';
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, cast, equal, gelu, mul, neg, scale } from '@darkroom/graph/ops/elementwise';
import { attention, causalBias } from '@darkroom/graph/ops/matmul';
import { narrow, reshape } from '@darkroom/graph/ops/movement';
import { logSoftmax, reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import { constant, type Value } from '@darkroom/graph/value';
import type { BlipTextConfig } from './config.ts';

/** Keys and values [B, S, hidden] of one layer. */
export interface Memory {
  readonly keys: Value;
  readonly values: Value;
}

/** How the queries [B, S, hidden] of one layer read the text so far and the picture. */
export interface Reading {
  /** @param added keys and values of the queries' own tokens */
  readonly text: (layer: number, queries: Value, added: Memory) => Value;
  readonly picture: (layer: number, queries: Value) => Value;
}

/**
 * Logits of the token after each position, [B, S, vocab_size]: the whole text at once, as in training.
 *
 * @param ids int64 [B, S]
 * @param picture states of the vision tower, [B, P, hidden of the tower]
 */
export function blipLogits(scope: Scope, ids: Value, picture: Value, config: BlipTextConfig): Value {
  const [, length] = ids.shape as [number, number];
  const places = constant(
    BigInt64Array.from({ length }, (_, i) => BigInt(i)),
    [length],
  );
  const heads = config.num_attention_heads;
  const bias = causalBias(length, scope.dtype);
  const pictures = pictureMemories(scope, picture, config);
  const reading: Reading = {
    text: (_layer, queries, { keys, values }) => attention(queries, keys, values, { heads, bias }),
    picture: (layer, queries) => {
      const { keys, values } = pictures[layer] as Memory;
      return attention(queries, keys, values, { heads });
    },
  };
  return decode(scope, embed(scope, ids, places, config), reading, config);
}

/** Of every layer, what it reads of the picture; the same for every token, so it is computed once. */
export function pictureMemories(scope: Scope, picture: Value, config: BlipTextConfig): Memory[] {
  return Array.from({ length: config.num_hidden_layers }, (_, layer) => {
    const self = layerScope(scope, layer).child('crossattention', 'self');
    return {
      keys: linear(self.child('key'), picture, config.hidden_size),
      values: linear(self.child('value'), picture, config.hidden_size),
    };
  });
}

/** Tokens with their places, normalised: [..., hidden] from int64 ids and places of shapes that broadcast. */
export function embed(scope: Scope, ids: Value, places: Value, config: BlipTextConfig): Value {
  const embeddings = scope.child('text_decoder', 'bert', 'embeddings');
  const { vocab_size, max_position_embeddings, hidden_size, layer_norm_eps } = config;
  const sum = add(
    embedding(embeddings.child('word_embeddings'), ids, vocab_size, hidden_size),
    embedding(embeddings.child('position_embeddings'), places, max_position_embeddings, hidden_size),
  );
  return layerNorm(embeddings.child('LayerNorm'), sum, layer_norm_eps);
}

/** Embedded tokens [B, S, hidden] through all layers to logits [B, S, vocab_size]. */
export function decode(scope: Scope, embedded: Value, reading: Reading, config: BlipTextConfig): Value {
  let states = embedded;
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    states = decoderLayer(layerScope(scope, layer), states, bindLayer(reading, layer), config);
  }
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
 */
export function captionLoss(logits: Value, ids: Value): Value {
  const smoothing = 0.1;
  const [, length, vocabulary] = logits.shape as [number, number, number];
  const likelihood = logSoftmax(narrow(logits, 1, 0, length - 1));
  const targets = narrow(ids, 1, 1, length);
  const words = constant(
    BigInt64Array.from({ length: vocabulary }, (_, i) => BigInt(i)),
    [vocabulary],
  );
  const isTarget = cast(equal(reshape(targets, [...targets.shape, 1]), words), likelihood.dtype);
  const ofTarget = reduceSum(mul(likelihood, isTarget), { axes: [-1] });
  const sharp = scale(reduceMean(ofTarget), 1 - smoothing);
  return neg(add(sharp, scale(reduceMean(likelihood), smoothing)));
}

function layerScope(scope: Scope, layer: number): Scope {
  return scope.child('text_decoder', 'bert', 'encoder', 'layer', layer);
}

interface LayerReading {
  readonly text: (queries: Value, added: Memory) => Value;
  readonly picture: (queries: Value) => Value;
}

function bindLayer(reading: Reading, layer: number): LayerReading {
  return {
    text: (queries, added) => reading.text(layer, queries, added),
    picture: (queries) => reading.picture(layer, queries),
  };
}

function decoderLayer(scope: Scope, x: Value, reading: LayerReading, config: BlipTextConfig): Value {
  const { hidden_size: width, intermediate_size } = config;
  const addNormed = (part: Scope, to: Value, from: Value): Value =>
    layerNorm(
      part.child('LayerNorm'),
      add(linear(part.child('dense'), from, width), to),
      config.layer_norm_eps,
    );
  const own = scope.child('attention', 'self');
  const added = {
    keys: linear(own.child('key'), x, width),
    values: linear(own.child('value'), x, width),
  };
  const read = reading.text(linear(own.child('query'), x, width), added);
  const informed = addNormed(scope.child('attention', 'output'), x, read);
  const query = linear(scope.child('crossattention', 'self', 'query'), informed, width);
  const seen = addNormed(scope.child('crossattention', 'output'), informed, reading.picture(query));
  const inner = gelu(linear(scope.child('intermediate', 'dense'), seen, intermediate_size));
  return addNormed(scope.child('output'), seen, inner);
}
