/** What the edge is told by its environment: bindings and secrets, parsed once per isolate. */
import type { D1Database, DurableObjectNamespace, R2Bucket } from '@cloudflare/workers-types';
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import type { SigningKey } from './auth/client-token.ts';
import type { Pepper } from './auth/key-hash.ts';
import type { Pool } from './dispatch/pool.ts';
import type { Limits } from './limits/limits.ts';
import type { AiBinding } from './prompt/workers-ai-rewriter.ts';

/** What wrangler.toml binds. */
export interface Bindings {
  readonly DB: D1Database;
  readonly IMAGES: R2Bucket;
  readonly POOLS: DurableObjectNamespace<Pool>;
  readonly LIMITS: DurableObjectNamespace<Limits>;
  /** Workers AI; a deployment binds it where REWRITER_MODEL names one of its models. */
  readonly AI?: AiBinding | undefined;
}

/** Base64url of 32 bytes or more. */
const secretBytes = z
  .base64url()
  .transform((text) =>
    Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0)),
  )
  .refine(({ length }) => length >= 32, 'expected base64url of 32 bytes or more');

/** A secret behind its name and a colon. */
const named = z
  .string()
  .regex(/^[^:]+:[^:]+$/, 'expected name:base64url')
  .transform((text) => text.split(':') as [string, string]);

const pepper = named
  .pipe(z.tuple([z.coerce.number<string>().int().min(1), secretBytes]))
  .transform(([version, secret]): Pepper => ({ version, secret }));
const signingKey = named
  .pipe(z.tuple([z.string().regex(/^[\w-]{1,32}$/), secretBytes]))
  .transform(([kid, secret]): SigningKey => ({ kid, secret }));

/** A public key as JSON, by which the tokens of a pool's workers are verified. */
const PublicKey = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });

/** JSON in a variable. */
const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue('expected JSON');
    return z.NEVER;
  }
});

/** Variables and secrets. */
export const EdgeVars = z.object({
  KEY_PEPPER: pepper.describe('Version and secret under which keys are hashed, as in 1:base64url; required.'),
  KEY_PEPPER_PREVIOUS: pepper.describe('The one before, while keys move over; absent = none.').optional(),
  TOKEN_KEY: signingKey.describe('Name and secret that sign client tokens, as in a:base64url; required.'),
  TOKEN_KEY_PREVIOUS: signingKey
    .describe('The one before, for ten minutes after a change; absent = none.')
    .optional(),
  WORKER_KEYS: json
    .pipe(z.record(z.string().min(1).max(64), z.array(PublicKey).min(1).max(8)))
    .describe('Public keys (JWK, Ed25519) of the workers of each pool, as JSON; required.'),
  S3_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/$/, ''))
    .describe('Address of the bucket of pictures for signed requests, the bucket’s name included; required.'),
  S3_ACCESS_KEY_ID: z.string().min(1).describe('Key id for signing them; required.'),
  S3_SECRET_ACCESS_KEY: z.string().min(1).describe('Secret for signing them; required.'),
  REWRITER_URL: z
    .url({ protocol: /^https?$/ })
    .describe(
      'Base address of an OpenAI-compatible service that rewords prompts; absent = Workers AI if REWRITER_MODEL is set, else by rules alone.',
    )
    .optional(),
  REWRITER_MODEL: z
    .string()
    .min(1)
    .describe('Its model, or with a binding AI one of Workers AI; required with REWRITER_URL.')
    .optional(),
  REWRITER_KEY: z.string().min(1).describe('Its key; absent = none.').optional(),
});
export type EdgeVars = z.infer<typeof EdgeVars>;

export type EdgeEnv = Bindings & Readonly<Record<keyof EdgeVars, string | undefined>>;

/**
 * Reads the variables; an empty one counts as absent.
 *
 * @throws AppError `misconfigured`, naming every wrong variable and showing no value
 */
export function parseVars(env: EdgeEnv): EdgeVars {
  const given = Object.keys(EdgeVars.shape).flatMap((name) => {
    const value = env[name as keyof EdgeVars];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const parsed = EdgeVars.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError('misconfigured', { message: issues.join('; ') });
}
