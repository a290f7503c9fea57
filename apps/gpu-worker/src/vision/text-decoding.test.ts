import { uniforms } from '@darkroom/shared/random';
import { describe, expect, it } from 'vitest';
import { greedyText, type NextLogits, nucleusSearch, ruledScores, type TokenIds } from './text-decoding.ts';

const end = 3;
const start = [0];

/** Every text is followed by the same probabilities. */
const steady =
  (...probabilities: number[]): NextLogits =>
  async (texts) =>
    texts.map(() => Float32Array.from(probabilities, Math.log));

/** How often each token was drawn as the first of 2000 texts. */
async function sharesOf(
  next: NextLogits,
  options: { topP?: number; temperature?: number },
): Promise<number[]> {
  const draws = uniforms({ seed: 7, image: 0, step: 0, count: 2000 });
  const counts = [0, 0, 0, 0];
  for (const draw of draws) {
    const {
      text: [, token],
    } = await nucleusSearch(next, { start, end, maxLength: 2, random: () => draw, ...options });
    counts[token as number] = (counts[token as number] as number) + 1 / draws.length;
  }
  return counts;
}

describe('greedyText', () => {
  /** Counts up from the last token. */
  const counting: NextLogits = async (texts) =>
    texts.map((text) =>
      Float32Array.from({ length: 4 }, (_, id) => (id === (text.at(-1) as number) + 1 ? 1 : 0)),
    );

  it('takes the likeliest token until the end', async () => {
    expect(await greedyText(counting, { start, end, maxLength: 9 })).toEqual([0, 1, 2, 3]);
  });

  it('goes on from what is given', async () => {
    expect(await greedyText(counting, { start: [0, 2], end, maxLength: 9 })).toEqual([0, 2, 3]);
  });

  it('stops at the greatest length without an end', async () => {
    expect(await greedyText(counting, { start, end, maxLength: 3 })).toEqual([0, 1, 2]);
    expect(await greedyText(counting, { start, end, maxLength: 1 })).toEqual([0]);
  });

  it('does not end before the least length', async () => {
    const options = { start, end, maxLength: 9, minLength: 3 };
    expect(await greedyText(steady(0.1, 0.2, 0.3, 0.4), options)).toEqual([0, 2, 2, 3]);
  });
});

describe('ruledScores', () => {
  const options = { start, end, maxLength: 9 };

  it('makes tokens that were there less likely, whatever the sign of their score', () => {
    const scores = Float32Array.of(2, -2, 1, 1);
    const ruled = ruledScores(scores, [0, 1, 1], { ...options, repetitionPenalty: 2 });
    expect([...ruled]).toEqual([1, -4, 1, 1]);
    expect([...scores]).toEqual([2, -2, 1, 1]);
  });

  it('changes nothing unless told', () => {
    const scores = Float32Array.of(2, -2, 1, 1);
    expect(ruledScores(scores, [0, 1], options)).toEqual(scores);
  });
});

describe('nucleusSearch', () => {
  const near = (...shares: number[]) => shares.map((share) => expect.closeTo(share, 1));

  it('draws tokens as often as they are likely', async () => {
    expect(await sharesOf(steady(0.5, 0.2, 0.1, 0.2), { topP: 1 })).toEqual(near(0.5, 0.2, 0.1, 0.2));
  });

  it('draws only among the likeliest that have the asked probability together', async () => {
    const shares = await sharesOf(steady(0.5, 0.25, 0.15, 0.1), { topP: 0.7 });
    expect(shares).toEqual([expect.closeTo(2 / 3, 1), expect.closeTo(1 / 3, 1), 0, 0]);
    expect(await sharesOf(steady(0.1, 0.6, 0.2, 0.1), { topP: 0.1 })).toEqual([0, expect.closeTo(1), 0, 0]);
  });

  it('sharpens by a low temperature', async () => {
    const shares = await sharesOf(steady(0.6, 0.3, 0.05, 0.05), { topP: 1, temperature: 0.5 });
    const squares = [0.36, 0.09, 0.0025, 0.0025];
    expect(shares).toEqual(near(...squares.map((square) => square / 0.455)));
  });

  it('gives one text for one row of numbers', async () => {
    const run = async (seed: number): Promise<TokenIds> => {
      const draws = uniforms({ seed, image: 0, step: 0, count: 40 });
      let at = 0;
      const random = (): number => draws[at++] as number;
      const options = { start, end, maxLength: 40, random, topP: 1 };
      return (await nucleusSearch(steady(0.4, 0.3, 0.29, 0.01), options)).text;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });
});
