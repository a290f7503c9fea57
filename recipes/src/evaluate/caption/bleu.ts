/** BLEU of a corpus with one reference each (Papineni et al. 2002), without smoothing. */

/** A caption and what it should have been. */
export interface CaptionPair {
  readonly said: string;
  readonly wanted: string;
}

/** BLEU up to n-grams of `order` words, in [0, 1]. */
export function corpusBleu(pairs: readonly CaptionPair[], order: number): number {
  const split = pairs.map(({ said, wanted }) => ({ said: wordsOf(said), wanted: wordsOf(wanted) }));
  const said = split.reduce((sum, pair) => sum + pair.said.length, 0);
  const wanted = split.reduce((sum, pair) => sum + pair.wanted.length, 0);
  let logSum = 0;
  for (let n = 1; n <= order; n++) {
    let [hits, total] = [0, 0];
    for (const pair of split) {
      const known = countsOf(pair.wanted, n);
      for (const [gram, count] of countsOf(pair.said, n)) {
        hits += Math.min(count, known.get(gram) ?? 0);
        total += count;
      }
    }
    if (hits === 0) return 0;
    logSum += Math.log(hits / total);
  }
  const brevity = said < wanted ? Math.exp(1 - wanted / said) : 1;
  return brevity * Math.exp(logSum / order);
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function countsOf(words: readonly string[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let at = 0; at + n <= words.length; at++) {
    const gram = words.slice(at, at + n).join(' ');
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}
