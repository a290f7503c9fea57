// From the logits of next tokens to a text: the likeliest token at every step, or a draw among the likeliest.

/** Ids of a text's tokens. */
export type TokenIds = readonly number[];

/** Logits over the vocabulary for the token after each text; all texts of a call are of one length. */
export type NextLogits = (texts: readonly TokenIds[]) => Promise<readonly Float32Array[]>;

/** Where a text begins and ends. */
export interface DecodingOptions {
  /** Tokens that are given: the start mark and, if any, the beginning of the text. */
  readonly start: TokenIds;
  /** Ends a text. */
  readonly end: number;
  /** Most tokens, those of `start` and the end included. */
  readonly maxLength: number;
  /** Least tokens before the end. Default 0. */
  readonly minLength?: number;
  /** Above 1, tokens that the text has already become less likely (Keskar et al. 2019). Default 1. */
  readonly repetitionPenalty?: number;
}

/** The scores under the options' rules, for a text that is to go on; a copy. */
export function ruledScores(
  scores: Float32Array,
  text: TokenIds,
  { end, minLength = 0, repetitionPenalty = 1 }: DecodingOptions,
): Float32Array {
  const ruled = scores.slice();
  for (const id of new Set(text)) {
    const score = scores[id];
    if (score !== undefined) ruled[id] = score < 0 ? score * repetitionPenalty : score / repetitionPenalty;
  }
  if (text.length < minLength) ruled[end] = Number.NEGATIVE_INFINITY;
  return ruled;
}

/** A text, and how likely its tokens are. */
export interface ScoredText {
  /** With `start`, and with the end if it came. */
  readonly text: TokenIds;
  /** Sum of the natural logarithms of the probabilities of the tokens after `start`. */
  readonly logLikelihood: number;
}

/** Appends tokens by `choose` until the end or the greatest length. */
async function growText(
  next: NextLogits,
  options: DecodingOptions,
  choose: (scores: Float32Array) => number,
): Promise<ScoredText> {
  const text = [...options.start];
  let logLikelihood = 0;
  while (text.length < options.maxLength) {
    const [logits] = await next([text]);
    const scores = ruledScores(logits as Float32Array, text, options);
    const token = choose(scores);
    logLikelihood += logLikelihoods(scores)[token] as number;
    text.push(token);
    if (token === options.end) break;
  }
  return { text, logLikelihood };
}

/** Natural logarithms of the probabilities of every token. */
export function logLikelihoods(logits: Float32Array): Float32Array {
  const highest = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
  return logits.map((logit) => logit - highest - Math.log(sum));
}

/** The likeliest token at every step. */
export function greedySearch(next: NextLogits, options: DecodingOptions): Promise<ScoredText> {
  return growText(next, options, (scores) =>
    scores.reduce((best, score, id) => (score > (scores[best] as number) ? id : best), 0),
  );
}

/** The text of {@link greedySearch}. */
export async function greedyText(next: NextLogits, options: DecodingOptions): Promise<number[]> {
  return [...(await greedySearch(next, options)).text];
}

/** How tokens are drawn. */
export interface SamplingOptions extends DecodingOptions {
  /** Uniform numbers in [0, 1), one per token. */
  readonly random: () => number;
  /** Draws are among the likeliest tokens that have this probability together. Default 0.9. */
  readonly topP?: number;
  /** Divides the logits: below 1 likely tokens become likelier. Default 1. */
  readonly temperature?: number;
}

/** Nucleus sampling (Holtzman et al. 2020). */
export function nucleusSearch(next: NextLogits, options: SamplingOptions): Promise<ScoredText> {
  const { random, topP = 0.9, temperature = 1 } = options;
  return growText(next, options, (scores) => {
    const nucleus = nucleusOf(scores, topP, temperature);
    const total = nucleus.reduce((sum, { weight }) => sum + weight, 0);
    let left = random() * total;
    const drawn = nucleus.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    return (drawn ?? nucleus.at(-1))?.id as number;
  });
}

interface WeighedToken {
  readonly id: number;
  /** Not normalised. */
  readonly weight: number;
}

/** The likeliest tokens, as few as have the probability `topP` together. */
function nucleusOf(scores: Float32Array, topP: number, temperature: number): WeighedToken[] {
  const highest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = Float64Array.from(scores, (score) => Math.exp((score - highest) / temperature));
  const wanted = topP * weights.reduce((sum, weight) => sum + weight, 0);
  const ordered = Array.from(weights, (weight, id) => ({ id, weight })).sort((a, b) => b.weight - a.weight);
  let sum = 0;
  const size = ordered.findIndex(({ weight }) => {
    sum += weight;
    return sum >= wanted;
  });
  return size < 0 ? ordered : ordered.slice(0, size + 1);
}
