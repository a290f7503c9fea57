import { describe, expect, test } from 'vitest';
import { readIdempotencyKey, readPreferWait, readRetryCount } from './request-headers.ts';

describe('readIdempotencyKey', () => {
  test.each([
    [undefined, undefined],
    ['abc-1', 'abc-1'],
    ['"abc 1"', 'abc 1'],
    [' abc ', 'abc'],
    ['k'.repeat(255), 'k'.repeat(255)],
    [`"${'k'.repeat(255)}"`, 'k'.repeat(255)],
  ])('reads %j', (header, key) => {
    expect(readIdempotencyKey(header)).toBe(key);
  });

  test.each(['', '""', ' ', '"open', 'k'.repeat(256), 'schlüssel', 'a\tb'])('refuses %j', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('readRetryCount', () => {
  test.each([
    [undefined, 0],
    ['0', 0],
    ['2', 2],
    ['-1', 0],
    ['1.5', 0],
    ['many', 0],
  ])('reads %j as %d', (header, count) => {
    expect(readRetryCount(header)).toBe(count);
  });
});

describe('readPreferWait', () => {
  test.each([
    [undefined, undefined],
    ['wait', 60],
    ['wait=5', 5],
    ['Wait = "7"', 7],
    ['respond-async, wait=10', 10],
    ['wait=10; strict', 10],
    ['wait=3600', 60],
    ['wait=99999999999999999999', 60],
    ['wait=0', 0],
    ['wait=soon', undefined],
    ['wait=-5', undefined],
    ['waiting=5', undefined],
    ['respond-async', undefined],
  ])('reads %j as %j', (header, seconds) => {
    expect(readPreferWait(header)).toBe(seconds);
  });
});
