// What a local platform keeps secret, made once for each state folder.
import { generateKeyPairSync } from 'node:crypto';
import { apiKeyRandomBytes, makeApiKey, parseApiKey } from '@darkroom/edge/auth/api-key';
import { z } from 'zod';

const secretBytes = 32;
const secret = z.base64url().min(43);

/** The secrets, as their file holds them. */
export const LocalSecrets = z.strictObject({
  version: z.literal(1).describe('Version of the file.'),
  pepper: secret.describe('Under which keys are hashed, as base64url.'),
  tokenSecret: secret.describe('Signs client tokens, as base64url.'),
  workerKey: z
    .strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      x: z.base64url().length(43),
      d: z.base64url().length(43),
    })
    .describe('Private key (JWK) by which workers enter their pool.'),
  apiKey: z
    .string()
    .refine((text) => parseApiKey(text) !== undefined, 'expected a key')
    .describe('The key that is printed at each start.'),
});
export type LocalSecrets = z.infer<typeof LocalSecrets>;

/** New secrets. @param random bytes from a secure source */
export function makeSecrets(random: (length: number) => Uint8Array): LocalSecrets {
  const text = () => Buffer.from(random(secretBytes)).toString('base64url');
  return LocalSecrets.parse({
    version: 1,
    pepper: text(),
    tokenSecret: text(),
    workerKey: generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }),
    apiKey: makeApiKey('test', random(apiKeyRandomBytes)).text,
  });
}
