/** A stream of uniform numbers in [0, 1) that a seed and an index determine: sample `i` is the same whoever draws it. */
export type Dice = () => number;

/** Mixes a 32-bit word (finalizer of MurmurHash3). */
function mix(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Counter-based stream for `(seed, index)`; whole numbers below 2^32. */
export function dice(seed: number, index: number): Dice {
  const key = mix(mix(seed + 0x9e3779b9) ^ index);
  let counter = 0;
  return () => {
    counter = (counter + 0x9e3779b9) | 0;
    return mix(mix(key + counter) ^ key) / 2 ** 32;
  };
}

/** Uniform in [low, high). */
export function between(random: Dice, low: number, high: number): number {
  return low + (high - low) * random();
}

/** A standard normal (Box and Muller 1958). */
export function normal(random: Dice): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
