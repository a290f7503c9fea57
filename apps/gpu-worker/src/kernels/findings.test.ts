import { expect, it } from 'vitest';
import { roundedBox, roundedScore, withinBytes } from './findings.ts';

it('keeps the first entries that fit into a result', () => {
  const entries = ['a'.repeat(100), 'é'.repeat(100), 'c'];
  expect(withinBytes(entries)).toEqual(entries);
  // 256 bytes are kept for what stands around them; the second entry takes 203.
  expect(withinBytes(entries, 256 + 103 + 202)).toEqual(entries.slice(0, 1));
  expect(withinBytes(entries, 256 + 103 + 203)).toEqual(entries.slice(0, 2));
});

it('says no more digits than mean something', () => {
  expect(roundedScore(0.123456)).toBe(0.1235);
  expect(roundedBox([1.004, 2.006, 3, 4.5])).toEqual([1, 2.01, 3, 4.5]);
});
