import {
  BlipRetrievalConfig,
  blipMatch,
  blipPictureFeatures,
  blipTextFeatures,
  declareBlipRetrieval,
} from '@darkroom/gpu-worker/models/blip/retrieval';
import { blipVision } from '@darkroom/gpu-worker/models/blip/vision-tower';
import { Scope } from '@darkroom/graph/layers/scope';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { Random } from '../support/random.ts';
import { evaluate } from '../support/reference.ts';

const layers = { hidden_size: 8, intermediate_size: 12, num_hidden_layers: 2, num_attention_heads: 2 };
const config = BlipRetrievalConfig.parse({
  text_config: { ...layers, vocab_size: 20, max_position_embeddings: 6 },
  vision_config: { ...layers, image_size: 4, patch_size: 2 },
  image_text_hidden_size: 5,
});

const random = new Random(11);
const draw = (size: number): number[] => Array.from({ length: size }, () => random.normal());
const weights = Object.fromEntries(
  [...declareBlipRetrieval(config)].map(([name, { shape }]) => [name, draw(sizeOf(shape))]),
);
const [picture, other] = [draw(3 * 4 * 4), draw(3 * 4 * 4)];

/** Both comparisons of one picture and one text, in float64. */
function comparisonOf(pixels: readonly number[], ids: readonly number[]): Record<'cosine' | 'fits', number> {
  const scope = Scope.root();
  const states = blipVision(scope, input('pixels', [1, 3, 4, 4]), config.vision_config);
  const text = input('ids', [1, ids.length], 'int64');
  const graph = graphOf({
    seen: blipPictureFeatures(scope, states, config),
    read: blipTextFeatures(scope, text, config),
    match: blipMatch(scope, text, states, config),
  });
  const { seen, read, match } = evaluate(graph, { ...weights, pixels, ids });
  const [not, fits] = match as unknown as [number, number];
  const dot = [...(seen ?? [])].reduce((sum, value, i) => sum + value * (read?.[i] as number), 0);
  return { cosine: dot, fits: fits - not };
}

describe('BlipForImageTextRetrieval', () => {
  it('asks for the weights of the public checkpoints', () => {
    const names = [...declareBlipRetrieval(config).keys()];
    const layer = [
      ...['attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'],
      ...['attention.output.LayerNorm', 'intermediate.dense', 'output.dense', 'output.LayerNorm'],
      ...['crossattention.self.query', 'crossattention.self.key', 'crossattention.self.value'],
      ...['crossattention.output.dense', 'crossattention.output.LayerNorm'],
    ].flatMap((part) => [`${part}.weight`, `${part}.bias`]);
    const expected = [
      ...['word_embeddings.weight', 'position_embeddings.weight', 'LayerNorm.weight', 'LayerNorm.bias'].map(
        (part) => `text_encoder.embeddings.${part}`,
      ),
      ...[0, 1].flatMap((at) => layer.map((part) => `text_encoder.encoder.layer.${at}.${part}`)),
      ...['vision_proj', 'text_proj', 'itm_head'].flatMap((part) => [`${part}.weight`, `${part}.bias`]),
    ];
    expect(names.filter((name) => !name.startsWith('vision_model.')).sort()).toEqual(expected.sort());
  });

  it('does not read padding', () => {
    const [short, padded] = [comparisonOf(picture, [7, 3, 9]), comparisonOf(picture, [7, 3, 9, 0, 0])];
    expect(padded.cosine).toBeCloseTo(short.cosine, 9);
    expect(padded.fits).toBeCloseTo(short.fits, 9);
  });

  it('reads the whole text and the picture, and gives a cosine', () => {
    const [first, otherEnd, otherPicture] = [
      comparisonOf(picture, [7, 3, 9]),
      comparisonOf(picture, [7, 3, 10]),
      comparisonOf(other, [7, 3, 9]),
    ];
    for (const { cosine, fits } of [otherEnd, otherPicture]) {
      expect(Math.abs(cosine)).toBeLessThanOrEqual(1);
      expect(Math.abs(cosine - first.cosine)).toBeGreaterThan(1e-4);
      expect(Math.abs(fits - first.fits)).toBeGreaterThan(1e-4);
    }
  });
});
