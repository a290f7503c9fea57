/** The one word for the colour of a thing, where most of it has one. */
import type { Pixels } from '../pixels.ts';
import { labOf } from '../teachers/lab.ts';

/** Words for colours. */
export const colourWords = [
  'red',
  'orange',
  'yellow',
  'green',
  'blue',
  'purple',
  'pink',
  'brown',
  'white',
  'grey',
  'black',
] as const;
export type ColourWord = (typeof colourWords)[number];

/** How much of a thing must be of one colour for that to be its colour. */
const majority = 0.55;

/**
 * The colour that most of the weight has.
 * @param weights one per pixel
 * @returns undefined where no colour has more than half of it
 */
export function colourWordOf(image: Pixels, weights: Float32Array): ColourWord | undefined {
  const lab = labOf(image);
  const shares = new Map<ColourWord, number>();
  let total = 0;
  for (let pixel = 0; pixel < weights.length; pixel++) {
    const weight = weights[pixel] as number;
    if (weight === 0) continue;
    total += weight;
    const [l, a, b] = [lab[pixel * 3], lab[pixel * 3 + 1], lab[pixel * 3 + 2]] as [number, number, number];
    const word = wordOf(l, a, b);
    shares.set(word, (shares.get(word) ?? 0) + weight);
  }
  for (const [word, share] of shares) if (share > majority * total) return word;
  return undefined;
}

/** Upper ends of hue ranges in degrees of the (a*, b*) plane, for colours with chroma. */
const hues: readonly (readonly [end: number, word: ColourWord])[] = [
  [8, 'pink'],
  [45, 'red'],
  [72, 'orange'],
  [105, 'yellow'],
  [175, 'green'],
  [309, 'blue'],
  [330, 'purple'],
  [360, 'pink'],
];

/** The word for one CIELAB colour. */
export function wordOf(l: number, a: number, b: number): ColourWord {
  const chroma = Math.hypot(a, b);
  if (l < 18) return 'black';
  if (chroma < 13) return l > 82 ? 'white' : l < 28 ? 'black' : 'grey';
  const hue = (Math.atan2(b, a) * 180) / Math.PI;
  const word = hues.find(([end]) => (hue + 360) % 360 < end)?.[1] ?? 'pink';
  if ((word === 'orange' || word === 'yellow') && l < 58 && chroma < 60) return 'brown';
  if (word === 'red' && l > 68) return 'pink';
  return word;
}
