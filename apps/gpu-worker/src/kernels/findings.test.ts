import { expect, it } from 'vitest';
import { fitting, roundedBox, roundedScore } from './findings.ts';

it('keeps the first entries that fit into a result, and says how many do not', () => {
  const entries = ['a'.repeat(100), 'é'.repeat(100), 'c'];
  expect(fitting(entries, { most: 3 })).toEqual({ kept: entries, rest: {} });
  expect(fitting(entries, { most: 2 })).toEqual({ kept: entries.slice(0, 2), rest: { omitted: 1 } });
  // 256 bytes are kept for what stands around them; the second entry takes 203.
  const [first, second] = [256 + 103 + 202, 256 + 103 + 203];
  expect(fitting(entries, { most: 3, maxBytes: first })).toEqual({
    kept: entries.slice(0, 1),
    rest: { omitted: 2 },
  });
  expect(fitting(entries, { most: 3, maxBytes: second }).kept).toEqual(entries.slice(0, 2));
});

it('says no more digits than mean something', () => {
  expect(roundedScore(0.123456)).toBe(0.1235);
  expect(roundedBox([1.004, 2.006, 3, 4.5])).toEqual([1, 2.01, 3, 4.5]);
});
