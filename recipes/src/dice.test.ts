import { describe, expect, it } from 'vitest';
import { between, type Dice, dice, normal } from './dice.ts';

const draw = (random: Dice, count: number): number[] => Array.from({ length: count }, () => random());
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((value, i) => (value - meanA) * ((b[i] as number) - meanB)));
  const spread = (values: readonly number[], middle: number) =>
    mean(values.map((value) => (value - middle) ** 2));
  return covariance / Math.sqrt(spread(a, meanA) * spread(b, meanB));
}

describe('dice', () => {
  it('repeat themselves for one seed and index, whoever else draws', () => {
    const [first, other, second] = [dice(1, 2), dice(1, 3), dice(1, 2)];
    const interleaved = Array.from({ length: 50 }, () => [first(), other(), second()]);
    for (const [a, , b] of interleaved) expect(a).toBe(b);
    expect(draw(dice(1, 2), 50)).toEqual(interleaved.map(([a]) => a));
  });

  it('keep to the numbers that trained weights were drawn with', () => {
    expect(draw(dice(1, 0), 3)).toEqual([0.40284042013809085, 0.22959175938740373, 0.8077132988255471]);
    expect(draw(dice(7, 123_456), 3)).toEqual([0.7770639825612307, 0.9711117695551366, 0.4901874291244894]);
  });

  it('give uniform numbers in [0, 1)', () => {
    const values = draw(dice(5, 9), 40_000);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    const counts = new Array<number>(20).fill(0);
    for (const value of values)
      counts[Math.floor(value * 20)] = (counts[Math.floor(value * 20)] as number) + 1;
    // 19 degrees of freedom: above 43.8 once in a thousand tries.
    expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(43.8);
    expect(new Set(values).size).toBeGreaterThan(39_990);
  });

  it('give first numbers that are uniform over the indices, too', () => {
    const values = Array.from({ length: 40_000 }, (_, index) => dice(1, index)());
    const counts = new Array<number>(20).fill(0);
    for (const value of values)
      counts[Math.floor(value * 20)] = (counts[Math.floor(value * 20)] as number) + 1;
    expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(43.8);
  });

  it.each([
    ['neighbouring indices', dice(1, 10), dice(1, 11)],
    ['neighbouring seeds', dice(1, 10), dice(2, 10)],
    ['seed and index exchanged', dice(3, 4), dice(4, 3)],
  ])('do not correlate between %s', (_pair, a, b) => {
    // The standard error is 0.01.
    expect(Math.abs(correlation(draw(a, 10_000), draw(b, 10_000)))).toBeLessThan(0.04);
  });

  it('do not correlate from one number to the next', () => {
    const values = draw(dice(6, 1), 10_001);
    expect(Math.abs(correlation(values.slice(1), values.slice(0, -1)))).toBeLessThan(0.04);
  });
});

describe('numbers drawn with dice', () => {
  it('lie between bounds', () => {
    const random = dice(2, 2);
    const values = Array.from({ length: 5000 }, () => between(random, -3, 5));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values)).toBeLessThan(5);
    expect(mean(values)).toBeCloseTo(1, 0);
  });

  it('are standard normals: moments, and the share beyond two deviations', () => {
    const random = dice(9, 0);
    const values = Array.from({ length: 40_000 }, () => normal(random));
    expect(values.every(Number.isFinite)).toBe(true);
    expect(mean(values)).toBeCloseTo(0, 1);
    expect(mean(values.map((value) => value ** 2))).toBeCloseTo(1, 1);
    expect(mean(values.map((value) => value ** 4))).toBeGreaterThan(2.8);
    expect(mean(values.map((value) => value ** 4))).toBeLessThan(3.2);
    expect(values.filter((value) => Math.abs(value) > 2).length / values.length).toBeCloseTo(0.0455, 2);
  });

  it('are finite at the ends of the dice', () => {
    for (const end of [0, 1 - 2 ** -32]) expect(Number.isFinite(normal(() => end))).toBe(true);
  });
});
