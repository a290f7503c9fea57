/** Beam search, with the rules of transformers' `BeamSearchScorer` for when a search is over and which text is best. */
import {
  type DecodingOptions,
  logLikelihoods,
  type NextLogits,
  ruledScores,
  type ScoredText,
} from './text-decoding.ts';

/** How wide the search is and what it takes for good. */
export interface BeamOptions extends DecodingOptions {
  /** Texts that are followed side by side. Default 3. */
  readonly beams?: number;
  /** A text's log-likelihood is divided by its length to this power; above 0 favours long texts. Default 1. */
  readonly lengthPenalty?: number;
}

interface Beam extends ScoredText {
  /** Log-likelihood; of an ended text, divided by its length's power. */
  readonly score: number;
}

/** The best text found. */
export async function beamSearch(next: NextLogits, options: BeamOptions): Promise<ScoredText> {
  const { start, end, maxLength, beams = 3, lengthPenalty = 1 } = options;
  const rate = (beam: Beam, length: number): Beam => ({
    ...beam,
    score: beam.score / length ** lengthPenalty,
  });
  let ended: readonly Beam[] = [];
  let open: readonly Beam[] = [{ text: start, score: 0, logLikelihood: 0 }];
  for (let length = start.length; length < maxLength; length++) {
    // Twice as many as beams: enough go on even if every beam ends.
    const candidates = best(await followers(next, open, { ...options, beams }), 2 * beams);
    const ends = candidates.slice(0, beams).filter(({ text }) => text.at(-1) === end);
    ended = best([...ended, ...ends.map((beam) => rate(beam, length))], beams);
    open = candidates.filter(({ text }) => text.at(-1) !== end).slice(0, beams);
    // What the best candidate would be rated if it ended now is taken for the most that can still come.
    const hope = rate(candidates[0] as Beam, length + 1);
    const worst = ended[beams - 1];
    if (worst && worst.score >= hope.score) return ended[0] as Beam;
  }
  const unended = open.map((beam) => rate(beam, beam.text.length));
  return best([...ended, ...unended], 1)[0] as Beam;
}

/** The text of {@link beamSearch}. */
export async function beamText(next: NextLogits, options: BeamOptions): Promise<number[]> {
  return [...(await beamSearch(next, options)).text];
}

/** Every beam with each of its likeliest next tokens. */
async function followers(
  next: NextLogits,
  open: readonly Beam[],
  options: DecodingOptions & { readonly beams: number },
): Promise<Beam[]> {
  const logits = await next(open.map(({ text }) => text));
  return open.flatMap(({ text, score }, row) => {
    const scores = ruledScores(logLikelihoods(logits[row] as Float32Array), text, options);
    return likeliest(scores, 2 * options.beams).map((id) => {
      const likelihood = score + (scores[id] as number);
      return { text: [...text, id], score: likelihood, logLikelihood: likelihood };
    });
  });
}

function best(beams: readonly Beam[], count: number): Beam[] {
  return beams.toSorted((a, b) => b.score - a.score).slice(0, count);
}

/** Ids of the highest scores, the highest first. */
function likeliest(scores: Float32Array, count: number): number[] {
  const ids: number[] = [];
  scores.forEach((score, id) => {
    if (ids.length === count && score <= (scores[ids.at(-1) as number] as number)) return;
    const at = ids.findIndex((other) => score > (scores[other] as number));
    ids.splice(at < 0 ? ids.length : at, 0, id);
    if (ids.length > count) ids.pop();
  });
  return ids;
}
