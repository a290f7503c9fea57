// The token that lets a worker into its pool: signed anew at every dial, so that none is worth stealing for long.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';

/** A private key as JSON; one that cannot sign is refused here, where its owner is told, and not at the first dial. */
export const PoolKey = z
  .object({
    kty: z.literal('OKP'),
    crv: z.literal('Ed25519'),
    x: z.base64url().length(43),
    d: z.base64url().length(43),
  })
  .refine(isPair, 'expected a private key and the public key that belongs to it');
export type PoolKey = z.infer<typeof PoolKey>;

function isPair(key: {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly d: string;
}): boolean {
  try {
    return createPublicKey(createPrivateKey({ key, format: 'jwk' })).export({ format: 'jwk' }).x === key.x;
  } catch {
    return false;
  }
}

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
