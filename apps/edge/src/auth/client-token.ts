/** Client tokens: `ek_` and a JWT that one key signed off for one asset and one kind of job. */
import { KeyId } from '@darkroom/shared/contracts/api-key';
import { clientTokenTtl } from '@darkroom/shared/contracts/client-token';
import { jobKinds } from '@darkroom/shared/contracts/job-request';
import { AssetId } from '@darkroom/shared/ids';
import { decodeProtectedHeader, errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { ClientGrant } from './principal.ts';

/** A secret that signs tokens, with the id by which a token names it. */
export interface SigningKey {
  readonly kid: string;
  /** At least 32 bytes. */
  readonly secret: Uint8Array;
}

/** New tokens are signed with the current key; the previous one is still accepted, for ten minutes after a change. */
export type SigningKeys = readonly [current: SigningKey, previous?: SigningKey];

/** What a token says: its grant, and the key that vouches for it. */
export interface ClientClaims extends ClientGrant {
  readonly keyId: KeyId;
}

const prefix = 'ek_';
// Pinned: a token that names another algorithm, or none, is refused whatever it is signed with.
const algorithm = 'HS256';
const type = 'darkroom-client+jwt';
const issuer = 'darkroom';
const audience = 'darkroom-edge';
const minSecretBytes = 32;
/** How far the clock that minted may run ahead of the clock that verifies. */
const clockSkewSeconds = 5;

const Payload = z.object({
  sub: KeyId,
  asset: AssetId,
  job: z.enum(jobKinds),
  iat: z.int(),
  exp: z.int(),
});

/** Whether a credential claims to be a client token. */
export function isClientToken(text: string): boolean {
  return text.startsWith(prefix);
}

export interface MintOptions {
  readonly keys: SigningKeys;
  readonly nowMs: number;
  /** 60 to 600. */
  readonly ttlSeconds: number;
}

/**
 * Signs a token.
 *
 * @throws TypeError when its life is out of bounds or the secret is short
 */
export async function mintClientToken(
  { keyId, assetId, jobKind }: ClientClaims,
  { keys: [{ kid, secret }], nowMs, ttlSeconds }: MintOptions,
): Promise<string> {
  const { minSeconds, maxSeconds } = clientTokenTtl;
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < minSeconds || ttlSeconds > maxSeconds)
    throw new TypeError(`ttlSeconds: expected ${minSeconds}..${maxSeconds}, got ${ttlSeconds}`);
  if (secret.length < minSecretBytes)
    throw new TypeError(`signing key ${kid}: expected ${minSecretBytes} bytes or more, got ${secret.length}`);
  const issuedAt = Math.floor(nowMs / 1000);
  const jwt = await new SignJWT({ asset: assetId, job: jobKind })
    .setProtectedHeader({ alg: algorithm, typ: type, kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(keyId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ttlSeconds)
    .sign(secret);
  return prefix + jwt;
}

export interface VerifyOptions {
  readonly keys: SigningKeys;
  readonly nowMs: number;
}

/** The id of the key that a token names; `undefined` when there is none or the text is no token. */
function kidOf(jwt: string): string | undefined {
  try {
    return decodeProtectedHeader(jwt).kid;
  } catch {
    return undefined;
  }
}

async function verifiedPayload(jwt: string, { keys, nowMs }: VerifyOptions): Promise<unknown> {
  const kid = kidOf(jwt);
  const key = keys.find((known) => known?.kid === kid);
  if (!key) return undefined;
  const expected = { algorithms: [algorithm], typ: type, issuer, audience, currentDate: new Date(nowMs) };
  try {
    return (await jwtVerify(jwt, key.secret, expected)).payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
}

/** What a token says; `undefined` when it is forged, ended, not yet begun, or lives longer than any of ours. */
export async function verifyClientToken(
  text: string,
  options: VerifyOptions,
): Promise<ClientClaims | undefined> {
  if (!isClientToken(text)) return undefined;
  const parsed = Payload.safeParse(await verifiedPayload(text.slice(prefix.length), options));
  if (!parsed.success) return undefined;
  const { sub, asset, job, iat, exp } = parsed.data;
  if (exp - iat > clientTokenTtl.maxSeconds) return undefined;
  if (iat > options.nowMs / 1000 + clockSkewSeconds) return undefined;
  return { keyId: sub, assetId: asset, jobKind: job };
}
