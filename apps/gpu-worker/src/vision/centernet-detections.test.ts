import { describe, expect, it } from 'vitest';
import { type CenternetMaps, centrePeaks } from './centernet-detections.ts';

const logit = (p: number): number => Math.log(p / (1 - p));

/** Two rows of 4 × 3 places, everything unlikely, boxes of 20 × 12 pixels around each place. */
function quietMaps(): CenternetMaps & { logits: Float32Array } {
  const [width, height] = [4, 3];
  const sides = Float32Array.from({ length: 4 * 12 }, (_, i) => [10, 6, 10, 6][Math.floor(i / 12)] as number);
  return { logits: new Float32Array(24).fill(logit(0.01)), sides, width, height };
}

describe('a peak', () => {
  it('is where a row is likelier than around it, and its box reaches to the sides', () => {
    const maps = quietMaps();
    maps.logits[12 + 1 * 4 + 2] = logit(0.8);
    maps.logits[12 + 1 * 4 + 1] = logit(0.7);
    expect(centrePeaks(maps, 0, 0.3)).toEqual([]);
    const [peak, ...others] = centrePeaks(maps, 1, 0.3);
    expect(others).toEqual([]);
    expect(peak?.score).toBeCloseTo(0.8, 6);
    expect(peak?.box).toEqual([8 - 10, 4 - 6, 8 + 10, 4 + 6]);
  });

  it('at the border has fewer neighbours, and two that do not touch are both told', () => {
    const maps = quietMaps();
    maps.logits[0] = logit(0.6);
    maps.logits[11] = logit(0.4);
    expect(centrePeaks(maps, 0, 0.3).map(({ score }) => score.toFixed(2))).toEqual(['0.60', '0.40']);
    expect(centrePeaks(maps, 0, 0.5)).toHaveLength(1);
  });

  it('is told at both of two equal neighbours, which overlap and are one after suppression', () => {
    const maps = quietMaps();
    maps.logits[5] = maps.logits[6] = logit(0.9);
    expect(centrePeaks(maps, 0, 0.3)).toHaveLength(2);
  });
});
