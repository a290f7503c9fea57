import { KeyView } from '@darkroom/shared/contracts/api-key';
import { describe, expect, test } from 'vitest';
import { recordOf, startMs, testKey } from './key-fixtures.ts';
import { keyStatus, keyViewOf } from './key-record.ts';

describe('keyStatus', () => {
  test.each([
    ['active', {}],
    ['active', { expiresAtMs: startMs + 1, revokedAtMs: startMs + 1 }],
    ['expired', { expiresAtMs: startMs }],
    ['disabled', { disabledAtMs: startMs - 1 }],
    ['revoked', { revokedAtMs: startMs }],
    ['revoked', { revokedAtMs: startMs - 1, expiresAtMs: startMs - 1, disabledAtMs: startMs - 1 }],
  ] as const)('is %s with %j', async (status, changes) => {
    expect(keyStatus(await recordOf(testKey(1), changes), startMs)).toBe(status);
  });
});

describe('keyViewOf', () => {
  test('is what the contract says and holds nothing of the secret', async () => {
    const record = await recordOf(testKey(1), { expiresAtMs: startMs + 1000, models: ['darkroom-edit'] });
    const view = keyViewOf(record, startMs);
    expect(KeyView.parse(view)).toEqual(view);
    expect(view).toMatchObject({ id: record.id, status: 'active', expiresAt: '2026-11-01T00:00:01.000Z' });
    expect(JSON.stringify(view)).not.toContain(record.hash.digest);
  });
});
