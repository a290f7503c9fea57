import { base64url, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { type ClientClaims, mintClientToken, type SigningKeys, verifyClientToken } from './client-token.ts';
import { signingKeys, startMs, testKey } from './key-fixtures.ts';

const claims: ClientClaims = {
  keyId: testKey(1).id,
  assetId: 'asset_00000000000000000000000000',
  jobKind: 'edit',
};
const mint = (ttlSeconds = 300, keys = signingKeys) =>
  mintClientToken(claims, { keys, nowMs: startMs, ttlSeconds });
const verify = (text: string, afterMs = 0, keys = signingKeys) =>
  verifyClientToken(text, { keys, nowMs: startMs + afterMs });

const [current, previous] = signingKeys;
const iat = startMs / 1000;
const payload = {
  sub: claims.keyId,
  asset: claims.assetId,
  job: 'edit',
  iss: 'darkroom',
  aud: 'darkroom-edge',
  iat,
  exp: iat + 300,
};
const header = { alg: 'HS256', typ: 'darkroom-client+jwt', kid: 'b' };
/** A token with our secret and whatever else. */
const forge = async (payloadChanges: object, headerChanges: object = {}) =>
  `ek_${await new SignJWT({ ...payload, ...payloadChanges })
    .setProtectedHeader({ ...header, ...headerChanges })
    .sign(current.secret)}`;

describe('a client token', () => {
  test('says after minting what it was minted for', async () => {
    const token = await mint();
    expect(token).toMatch(/^ek_eyJ/);
    expect(await verify(token)).toEqual(claims);
    expect(await verify(await forge({}))).toEqual(claims);
  });

  test('ends when its time is over', async () => {
    const token = await mint(60);
    expect(await verify(token, 59_999)).toEqual(claims);
    expect(await verify(token, 60_000)).toBeUndefined();
  });

  test('begins when it is minted, give or take how far clocks differ', async () => {
    const token = await mint();
    expect(await verify(token, -5000)).toEqual(claims);
    expect(await verify(token, -6000)).toBeUndefined();
  });

  test.each([59, 601, 60.5, Number.NaN, -1])('is not minted for %s seconds', async (ttlSeconds) => {
    await expect(mint(ttlSeconds)).rejects.toThrow(TypeError);
  });

  test('is not minted with a short secret', async () => {
    await expect(mint(60, [{ kid: 'c', secret: new Uint8Array(31) }])).rejects.toThrow(TypeError);
  });

  test('survives one change of the signing key, and not two', async () => {
    const token = await mint();
    const next = { kid: 'c', secret: new Uint8Array(32).fill(9) };
    expect(await verify(token, 0, [next, current])).toEqual(claims);
    expect(await verify(token, 0, [next, { kid: 'd', secret: new Uint8Array(32) }])).toBeUndefined();
  });

  test('must be signed by the key that it names', async () => {
    const swapped = [{ ...current, kid: previous?.kid ?? '' }] satisfies SigningKeys;
    expect(await verify(await mint(60, swapped))).toBeUndefined();
  });
});

describe('a forged client token', () => {
  test.each([
    ['lives longer than ours', { exp: iat + 601 }, {}],
    ['never ends', { exp: undefined }, {}],
    ['is of another issuer', { iss: 'other' }, {}],
    ['is for another audience', { aud: 'other' }, {}],
    ['names no key of ours', { sub: 'short' }, {}],
    ['names no asset', { asset: undefined }, {}],
    ['names an unknown kind of job', { job: 'paint' }, {}],
    ['is of another type', {}, { typ: 'JWT' }],
    ['names no signing key', {}, { kid: undefined }],
    ['names another algorithm', {}, { alg: 'HS512' }],
  ])('is refused when it %s', async (_case, payloadChanges, headerChanges) => {
    expect(await verify(await forge(payloadChanges, headerChanges))).toBeUndefined();
  });

  test('is refused without a signature', async () => {
    const encode = (value: object) => base64url.encode(JSON.stringify(value));
    const unsigned = `ek_${encode({ ...header, alg: 'none' })}.${encode(payload)}.`;
    expect(await verify(unsigned)).toBeUndefined();
  });

  test('is refused with one part of another token', async () => {
    const [own = '', , signature = ''] = (await mint()).split('.');
    const [, other = ''] = (await forge({ asset: 'asset_00000000000000000000000001' })).split('.');
    expect(await verify([own, other, signature].join('.'))).toBeUndefined();
  });

  test.each(['', 'ek_', 'ek_..', 'ek_eyJ.eyJ.x', 'ek_🙂', 'eyJhbGciOiJub25lIn0.e30.'])(
    '%j is refused',
    async (text) => {
      expect(await verify(text)).toBeUndefined();
    },
  );
});
