/** BERT's post-norm transformer (Devlin et al. 2019) as BLIP uses it, each layer looking at a picture where there is one. */
import { embedding } from '@darkroom/graph/layers/embedding';
import { linear } from '@darkroom/graph/layers/linear';
import { layerNorm } from '@darkroom/graph/layers/norm';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, gelu } from '@darkroom/graph/ops/elementwise';
import { constant, type Value } from '@darkroom/graph/value';
import type { BlipTextConfig } from './config.ts';

/** Keys and values [B, S, hidden] of one layer. */
export interface Memory {
  readonly keys: Value;
  readonly values: Value;
}

/** How the queries [B, S, hidden] of one layer read the text and the picture. */
export interface Reading {
  /** @param own keys and values of the queries' own tokens */
  readonly text: (layer: number, queries: Value, own: Memory) => Value;
  /** Absent: the layers have no part for it. */
  readonly picture?: (layer: number, queries: Value) => Value;
}

/** The places 0 … length-1, int64. */
export function placesOf(length: number): Value {
  return constant(
    BigInt64Array.from({ length }, (_, i) => BigInt(i)),
    [length],
  );
}

/** Tokens with their places, normalised: [..., hidden] from int64 ids and places of shapes that broadcast. */
export function embedTokens(scope: Scope, ids: Value, places: Value, config: BlipTextConfig): Value {
  const embeddings = scope.child('embeddings');
  const { vocab_size, max_position_embeddings, hidden_size, layer_norm_eps } = config;
  const sum = add(
    embedding(embeddings.child('word_embeddings'), ids, vocab_size, hidden_size),
    embedding(embeddings.child('position_embeddings'), places, max_position_embeddings, hidden_size),
  );
  return layerNorm(embeddings.child('LayerNorm'), sum, layer_norm_eps);
}

/** Of every layer, what it reads of a picture's states [B, P, width]; the same for every token. */
export function pictureMemories(scope: Scope, states: Value, config: BlipTextConfig): Memory[] {
  return Array.from({ length: config.num_hidden_layers }, (_, layer) => {
    const self = scope.child('encoder', 'layer', layer, 'crossattention', 'self');
    return {
      keys: linear(self.child('key'), states, config.hidden_size),
      values: linear(self.child('value'), states, config.hidden_size),
    };
  });
}

/** Embedded tokens [B, S, hidden] through all layers. */
export function bertLayers(scope: Scope, embedded: Value, reading: Reading, config: BlipTextConfig): Value {
  let states = embedded;
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    states = bertLayer(scope.child('encoder', 'layer', layer), states, { layer, ...reading }, config);
  }
  return states;
}

function bertLayer(
  scope: Scope,
  x: Value,
  { layer, text, picture }: Reading & { readonly layer: number },
  config: BlipTextConfig,
): Value {
  const { hidden_size: width, intermediate_size, layer_norm_eps } = config;
  const addNormed = (part: Scope, to: Value, from: Value): Value =>
    layerNorm(part.child('LayerNorm'), add(linear(part.child('dense'), from, width), to), layer_norm_eps);
  const self = scope.child('attention', 'self');
  const own = { keys: linear(self.child('key'), x, width), values: linear(self.child('value'), x, width) };
  const read = text(layer, linear(self.child('query'), x, width), own);
  let informed = addNormed(scope.child('attention', 'output'), x, read);
  if (picture) {
    const query = linear(scope.child('crossattention', 'self', 'query'), informed, width);
    informed = addNormed(scope.child('crossattention', 'output'), informed, picture(layer, query));
  }
  const inner = gelu(linear(scope.child('intermediate', 'dense'), informed, intermediate_size));
  return addNormed(scope.child('output'), informed, inner);
}
