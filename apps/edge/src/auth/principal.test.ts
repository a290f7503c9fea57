import { describe, expect, test } from 'vitest';
import { recordOf, testKey } from './key-fixtures.ts';
import {
  clientPrincipal,
  keyPrincipal,
  requireAsset,
  requireGrantable,
  requireJobKind,
  requireModel,
} from './principal.ts';

const assetId = 'asset_00000000000000000000000000';
const otherAsset = 'asset_00000000000000000000000001';
const record = await recordOf(testKey(1), { scopes: ['edits:write', 'jobs:read', 'keys:write'] });
const key = keyPrincipal(record);
const client = clientPrincipal(record, { assetId, jobKind: 'edit' });
const withCode = (code: string) => expect.objectContaining({ code });

describe('clientPrincipal', () => {
  test('may do what its key may, and nothing that manages an account', () => {
    expect([...client.scopes]).toEqual(['edits:write', 'jobs:read']);
  });

  test('keeps the limits, models and identity of its key', () => {
    const { projectId, keyId, identityId, models, limits, environment } = key;
    expect(client).toMatchObject({ projectId, keyId, identityId, models, limits, environment });
  });
});

describe('what a client token is bound to', () => {
  test('is one kind of job', () => {
    requireJobKind(client, 'edit');
    requireJobKind(key, 'generate');
    expect(() => requireJobKind(client, 'generate')).toThrow(withCode('forbidden'));
  });

  test('is one asset; another looks as if it did not exist', () => {
    requireAsset(client, assetId);
    requireAsset(key, otherAsset);
    expect(() => requireAsset(client, otherAsset)).toThrow(withCode('not_found'));
  });
});

describe('requireModel', () => {
  test('lets a key without a list use every model', () => {
    requireModel(key, 'any/model');
  });

  test('refuses what is not on the list and names what is', () => {
    const narrow = { ...key, models: ['darkroom-edit'] };
    requireModel(narrow, 'darkroom-edit');
    expect(() => requireModel(narrow, 'other')).toThrow(/darkroom-edit, got other/);
    expect(() => requireModel({ ...key, models: [] }, 'other')).toThrow(withCode('forbidden'));
  });
});

describe('requireGrantable', () => {
  test('lets a key give only scopes that it has', () => {
    requireGrantable(key, ['jobs:read', 'keys:write']);
    expect(() => requireGrantable(key, ['jobs:read', 'usage:read'])).toThrow(/lacks usage:read$/);
  });
});
