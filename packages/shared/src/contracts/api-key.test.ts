import { describe, expect, test } from 'vitest';
import { CreateKeyRequest, RerollKeyRequest } from './api-key.ts';
import { ClientTokenRequest } from './client-token.ts';
import { Scope, scopeMeanings, scopes } from './scopes.ts';

describe('CreateKeyRequest', () => {
  const least = { name: ' phone ', scopes: ['edits:write'] };

  test('asks for a name and scopes, and gives the usual limits', () => {
    expect(CreateKeyRequest.parse(least)).toEqual({
      name: 'phone',
      environment: 'live',
      scopes: ['edits:write'],
      models: null,
      limits: { requestsPerMinute: 600, concurrency: 20, spendCapMicros: null },
      expiresAt: null,
    });
  });

  test('keeps the limits that are given beside the usual ones', () => {
    const { limits } = CreateKeyRequest.parse({ ...least, limits: { spendCapMicros: 0 } });
    expect(limits).toEqual({ requestsPerMinute: 600, concurrency: 20, spendCapMicros: 0 });
  });

  test.each([
    ['no scope', { scopes: [] }],
    ['one scope twice', { scopes: ['jobs:read', 'jobs:read'] }],
    ['an unknown scope', { scopes: ['everything'] }],
    ['an empty name', { name: ' ' }],
    ['an unknown environment', { environment: 'prod' }],
    ['no requests a minute', { limits: { requestsPerMinute: 0 } }],
    ['a spend cap below nothing', { limits: { spendCapMicros: -1 } }],
    ['half a micro-credit', { limits: { spendCapMicros: 0.5 } }],
    ['a day without time', { expiresAt: '2026-11-01' }],
    ['a field of its own', { admin: true }],
  ])('refuses %s', (_case, changes) => {
    expect(CreateKeyRequest.safeParse({ ...least, ...changes }).success).toBe(false);
  });
});

describe('RerollKeyRequest', () => {
  test('overlaps for seven days at most, and not at all when nothing is said', () => {
    expect(RerollKeyRequest.parse({})).toEqual({ overlapSeconds: 0 });
    expect(RerollKeyRequest.safeParse({ overlapSeconds: 604_800 }).success).toBe(true);
    expect(RerollKeyRequest.safeParse({ overlapSeconds: 604_801 }).success).toBe(false);
    expect(RerollKeyRequest.safeParse({ overlapSeconds: -1 }).success).toBe(false);
  });
});

describe('ClientTokenRequest', () => {
  const least = { asset: 'asset_00000000000000000000000000', kind: 'edit' };

  test('lives five minutes when nothing is said, and one to ten otherwise', () => {
    expect(ClientTokenRequest.parse(least).ttlSeconds).toBe(300);
    for (const [ttlSeconds, isGood] of [
      [59, false],
      [60, true],
      [600, true],
      [601, false],
    ])
      expect(ClientTokenRequest.safeParse({ ...least, ttlSeconds }).success).toBe(isGood);
  });
});

describe('scopes', () => {
  test.each(scopes)('%s is a scope with a meaning', (scope) => {
    expect(Scope.parse(scope)).toBe(scope);
    expect(scope).toMatch(/^[a-z]+:(read|write|cancel)$/);
    expect(scopeMeanings[scope]).not.toBe('');
  });
});
