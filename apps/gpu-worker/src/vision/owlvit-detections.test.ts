import { describe, expect, it } from 'vitest';
import { chooseQuery, imageDetections, textDetections } from './owlvit-detections.ts';

const logit = (probability: number): number => Math.log(probability / (1 - probability));

describe('textDetections', () => {
  const boxes = Float32Array.of(0.5, 0.5, 1, 1, 0.25, 0.5, 0.5, 0.5);

  it('gives each patch its best query, in pixels', () => {
    const logits = Float32Array.of(logit(0.25), logit(0.75), logit(0.5), logit(0.125));
    const found = textDetections({ logits, boxes }, { width: 400, height: 200 });
    expect(found.map(({ query }) => query)).toEqual([1, 0]);
    expect(found.map(({ score }) => score)).toEqual([expect.closeTo(0.75), expect.closeTo(0.5)]);
    expect(found.map(({ box }) => box)).toEqual([
      [0, 0, 400, 200],
      [0, 50, 200, 150],
    ]);
  });

  it('leaves out what is not above the threshold', () => {
    const logits = Float32Array.of(0, 1);
    const found = textDetections({ logits, boxes }, { width: 10, height: 10 }, 0.5);
    expect(found).toHaveLength(1);
  });
});

describe('imageDetections', () => {
  // Two boxes on the left that are nearly the same, one on the right, one at the top.
  const boxes = Float32Array.of(
    0.2,
    0.5,
    0.2,
    0.2,
    0.21,
    0.5,
    0.2,
    0.2,
    0.8,
    0.5,
    0.2,
    0.2,
    0.5,
    0.1,
    0.1,
    0.1,
  );
  const logits = Float32Array.from([0.3, 0.4, 0.2, 0.02], logit);
  const size = { width: 100, height: 100 };

  it('rates what is found against the best and drops overlaps', () => {
    const found = imageDetections({ logits, boxes }, size, { threshold: 0 });
    expect(found.map(({ box: [left] }) => Math.round(left))).toEqual([11, 70]);
    expect(found.map(({ strength }) => strength)).toEqual([
      expect.closeTo(1, 4),
      expect.closeTo((0.2 - 0.04) / 0.36, 4),
    ]);
  });

  it('leaves out what is weak against the best', () => {
    expect(imageDetections({ logits, boxes }, size)).toHaveLength(1);
    expect(imageDetections({ logits, boxes }, size, { threshold: 0.4 })).toHaveLength(2);
  });
});

describe('chooseQuery', () => {
  const whole = [0.5, 0.5, 1, 1];
  const nearlyWhole = [0.5, 0.5, 0.95, 0.95];
  const corner = [0.1, 0.1, 0.2, 0.2];

  it('takes, among the boxes that fit the picture, the one least like the average', () => {
    const boxes = Float32Array.of(...whole, ...nearlyWhole, ...corner);
    // The corner is the least like the average, and does not fit.
    const classEmbeddings = Float32Array.of(3, 0, 2, 1, -2, 0);
    const { patch, embedding, box } = chooseQuery({ classEmbeddings, boxes });
    expect(patch).toBe(1);
    expect([...embedding]).toEqual([2, 1]);
    expect(box.map((side) => Number(side.toFixed(3)))).toEqual([0.025, 0.025, 0.975, 0.975]);
  });

  it('looks for what fits a part of the picture', () => {
    const boxes = Float32Array.of(...whole, ...nearlyWhole, ...corner);
    const classEmbeddings = Float32Array.of(3, 0, 2, 1, -2, 0);
    expect(chooseQuery({ classEmbeddings, boxes }, [0, 0, 0.25, 0.25]).patch).toBe(2);
  });

  it('takes the nearest box where none meets the part', () => {
    const boxes = Float32Array.of(0.9, 0.9, 0.1, 0.1, 0.6, 0.6, 0.1, 0.1);
    expect(chooseQuery({ classEmbeddings: Float32Array.of(1, 1), boxes }, [0, 0, 0.2, 0.2]).patch).toBe(1);
  });
});
