import { describe, expect, it } from 'vitest';
import { beamText } from './beam-search.ts';
import { greedyText, type NextLogits, type TokenIds } from './text-decoding.ts';

const vocabulary = 4;
const end = 3;
const start = [0];

/** Likelihoods that depend on the whole text, without pattern. */
function likelihoods(text: TokenIds): number[] {
  const mixed = text.reduce((sum, id, i) => Math.imul(sum + id * 7919 + i, 104_729) >>> 0, 17);
  const weights = Array.from({ length: vocabulary }, (_, id) => 1 + ((mixed >>> (id * 6)) % 40));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.log(weight / total));
}

const next: NextLogits = async (texts) => texts.map((text) => Float32Array.from(likelihoods(text)));

/** Every text that ends, or reaches the greatest length, with its log-likelihood and its length before the end. */
function allTexts(maxLength: number, text: TokenIds = start, score = 0): [TokenIds, number, number][] {
  if (text.length === maxLength) return [[text, score, text.length]];
  return likelihoods(text).flatMap((likelihood, id) => {
    const longer = [...text, id];
    const sum = score + likelihood;
    return id === end
      ? [[longer, sum, text.length] as [TokenIds, number, number]]
      : allTexts(maxLength, longer, sum);
  });
}

describe('beamText', () => {
  it.each([0, 1, 2])(
    'finds the best of all texts when it is wide enough, length penalty %d',
    async (penalty) => {
      const rated = allTexts(5).map(([text, score, length]) => ({ text, rating: score / length ** penalty }));
      const best = rated.reduce((a, b) => (b.rating > a.rating ? b : a));
      const beams = vocabulary ** 5;
      expect(await beamText(next, { start, end, maxLength: 5, beams, lengthPenalty: penalty })).toEqual(
        best.text,
      );
    },
  );

  it('finds what looks bad at first, which greedy search does not', async () => {
    const table: Record<string, number[]> = {
      '0': [0.01, 0.55, 0.43, 0.01],
      '0,1': [0.25, 0.25, 0.25, 0.25],
      '0,2': [0.01, 0.01, 0.01, 0.97],
    };
    const trap: NextLogits = async (texts) =>
      texts.map((text) => Float32Array.from(table[String(text)] ?? [0.25, 0.25, 0.25, 0.25], Math.log));
    const options = { start, end, maxLength: 3 };
    expect(await greedyText(trap, options)).toEqual([0, 1, 0]);
    expect(await beamText(trap, { ...options, beams: 2 })).toEqual([0, 2, 3]);
  });

  it('asks for no more texts at a time than it has beams, all of one length', async () => {
    const calls: number[] = [];
    const counted: NextLogits = (texts) => {
      calls.push(texts.length);
      expect(new Set(texts.map((text) => text.length)).size).toBe(1);
      return next(texts);
    };
    await beamText(counted, { start, end, maxLength: 8, beams: 3 });
    expect(calls[0]).toBe(1);
    expect(Math.max(...calls)).toBe(3);
  });

  it('is greedy search with a single beam', async () => {
    const options = { start, end, maxLength: 9, minLength: 9 };
    expect(await beamText(next, { ...options, beams: 1 })).toEqual(await greedyText(next, options));
  });

  it('gives back the start where there is no room', async () => {
    expect(await beamText(next, { start, end, maxLength: 1 })).toEqual([0]);
  });
});
