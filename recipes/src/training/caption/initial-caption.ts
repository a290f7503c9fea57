/** First values of the captioner's weights. */
import type { Value } from '@darkroom/graph/value';
import { dice, normal } from '../../dice.ts';
import { initializeParameters } from '../initialize.ts';
import type { CaptionNetwork } from './network.ts';
import { nouns } from './nouns.ts';

/** Largest weights that a class begins with in a token. */
const classStrength = 4;
/** How much louder than usual the colours begin: they are few beside hundreds of features. */
const colourBoost = 15;
/** What the decoder adds of what it looks at. */
const lookStrength = 2;
/** Words of nouns that say nothing of what they are. */
const empty = new Set(['pair', 'of']);

/**
 * Weights that begin by saying what the detector found: each of its classes has one random direction, in which its tokens
 * point and which the words of its noun are read from; the decoder's looks pass directions on. Without it hundreds of steps
 * went by before a class was tied to its word.
 *
 * @param vocabulary lines of vocab.txt
 */
export function initialCaption(
  parameters: ReadonlyMap<string, Value>,
  seed: number,
  { network, vocabulary }: { readonly network: CaptionNetwork; readonly vocabulary: readonly string[] },
): Map<string, Float32Array> {
  const initial = initializeParameters(parameters, seed, () => false);
  const of = (name: string): Float32Array => {
    const found = initial.get(name);
    if (!found) throw new TypeError(`expected a parameter ${name}, came none`);
    return found;
  };
  const { hidden_size: width, num_hidden_layers: layers } = network.text_config;
  const { labels } = network.vision_config.detector_config;
  const embeddings = 'vision_model.embeddings';
  const words = of('text_decoder.cls.predictions.decoder.weight');
  labels.forEach((label, index) => {
    const direction = unitVector(width, seed, index);
    setColumn(of(`${embeddings}.classes.weight`), labels.length, index, direction);
    setColumn(of(`${embeddings}.found.weight`), 2 * labels.length, index, direction);
    for (const word of wordsOf(label)) {
      const row = vocabulary.indexOf(word) * width;
      direction.forEach((value, i) => {
        words[row + i] = (words[row + i] as number) + value;
      });
    }
  });
  const colours = of(`${embeddings}.colours.weight`);
  colours.forEach((value, i) => {
    colours[i] = colourBoost * value;
  });
  for (let layer = 0; layer < layers; layer++) {
    const look = `text_decoder.bert.encoder.layer.${layer}.crossattention`;
    setIdentity(of(`${look}.self.value.weight`), width, 1);
    setIdentity(of(`${look}.output.dense.weight`), width, lookStrength);
  }
  setIdentity(of('text_decoder.cls.predictions.transform.dense.weight'), width, 1);
  return initial;
}

function unitVector(width: number, seed: number, index: number): Float32Array {
  const random = dice(seed + 1, index);
  const drawn = Float32Array.from({ length: width }, () => normal(random));
  const length = Math.hypot(...drawn);
  return drawn.map((value) => value / length);
}

function setColumn(matrix: Float32Array, columns: number, column: number, values: Float32Array): void {
  values.forEach((value, row) => {
    matrix[row * columns + column] = classStrength * value;
  });
}

/** Adds to a square matrix, whose random part stays. */
function setIdentity(matrix: Float32Array, width: number, strength: number): void {
  for (let i = 0; i < width; i++) matrix[i * width + i] = (matrix[i * width + i] as number) + strength;
}

function wordsOf(label: string): Set<string> {
  const noun = nouns.find((known) => known.label === label);
  const all = noun ? `${noun.one} ${noun.many}`.split(' ') : [];
  return new Set(all.filter((word) => !empty.has(word)));
}
