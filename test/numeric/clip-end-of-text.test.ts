import { ClipTextConfig, clipText } from '@darkroom/gpu-worker/models/clip-text';
import { Scope } from '@darkroom/graph/layers/scope';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const ids = [8, 3, 11, 9, 0, 9];
const width = 4;

/** At which position of `ids` the pooled state was read. */
function pooledAt(eosTokenId: number): number {
  const config = ClipTextConfig.parse({
    vocab_size: 12,
    hidden_size: width,
    intermediate_size: 4,
    num_hidden_layers: 1,
    num_attention_heads: 1,
    max_position_embeddings: ids.length,
    eos_token_id: eosTokenId,
  });
  const scope = Scope.root();
  const { lastHiddenState, pooled } = clipText(scope, input('ids', [1, ids.length], 'int64'), config);
  const random = new Random(5);
  const weights = [...scope.parameters].map(([name, { shape }]) => [
    name,
    Array.from({ length: sizeOf(shape) }, () => random.normal()),
  ]);
  const graph = graphOf({ lastHiddenState, pooled });
  const values = evaluate(graph, { ids, ...Object.fromEntries(weights) });
  const states = [...(values['lastHiddenState'] ?? [])];
  const read = String([...(values['pooled'] ?? [])]);
  return ids.findIndex((_, i) => String(states.slice(i * width, (i + 1) * width)) === read);
}

describe('the end of a text in CLIP', () => {
  it('is the first end-of-text token, though tokens added later have larger ids', () =>
    expect(pooledAt(9)).toBe(3));

  it('is the largest id where the configuration is of the old kind', () => expect(pooledAt(2)).toBe(2));

  it('is the largest id where the vocabulary lacks the id that is named', () =>
    expect(pooledAt(49407)).toBe(2));
});
