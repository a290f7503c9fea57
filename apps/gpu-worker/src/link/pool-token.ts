// The token that lets a worker into its pool: signed anew at every dial, so that none is worth stealing for long.
import { SignJWT } from 'jose';
import { z } from 'zod';

/** A private key as JSON. */
export const PoolKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.base64url().length(43),
  d: z.base64url().length(43),
});
export type PoolKey = z.infer<typeof PoolKey>;

/** How long a token lets in; the connection may last longer. */
const lifeSeconds = 600;

export interface PoolTokenOptions {
  readonly key: PoolKey;
  readonly pool: string;
  readonly workerId: string;
  readonly nowMs: number;
}

/** A token by which a worker enters one pool. */
export async function signPoolToken({ key, pool, workerId, nowMs }: PoolTokenOptions): Promise<string> {
  const issuedAt = Math.floor(nowMs / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA', typ: 'darkroom-worker+jwt' })
    .setAudience(`darkroom-pool:${pool}`)
    .setSubject(workerId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifeSeconds)
    .sign(key);
}
