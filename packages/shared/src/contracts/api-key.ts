/** API keys as clients create, see, replace and revoke them. */
import { z } from 'zod';
import { Scope, scopes } from './scopes.ts';

/** The public part of a key: names it in answers and logs, and finds it in the database. */
export const KeyId = z.string().regex(/^[0-9A-Za-z]{12}$/, 'expected 12 letters and digits');
export type KeyId = z.infer<typeof KeyId>;

/** Live keys are charged, test keys are not. */
export const KeyEnvironment = z.enum(['live', 'test']);
export type KeyEnvironment = z.infer<typeof KeyEnvironment>;

export const KeyStatus = z.enum(['active', 'disabled', 'expired', 'revoked']);
export type KeyStatus = z.infer<typeof KeyStatus>;

/** How much a key may ask for. */
export const KeyLimits = z.strictObject({
  requestsPerMinute: z
    .int()
    .min(1)
    .max(100_000)
    .describe('Requests a minute, 1 to 100,000; absent = 600.')
    .default(600),
  concurrency: z
    .int()
    .min(1)
    .max(1000)
    .describe('Jobs that may be under way at once, 1 to 1,000; absent = 20.')
    .default(20),
  spendCapMicros: z
    .int()
    .min(0)
    .nullable()
    .describe('Micro-credits that the key may spend in all; null or absent = as much as its project has.')
    .default(null),
});
export type KeyLimits = z.infer<typeof KeyLimits>;

const name = z.string().trim().min(1).max(100);
const grants = z.array(Scope).min(1).max(scopes.length);
const models = z.array(z.string().min(1).max(128)).max(64).nullable();
const instant = z.iso.datetime();

/** Make a key. */
export const CreateKeyRequest = z.strictObject({
  name: name.describe('What the key is for, in words, 1 to 100 characters; required.'),
  environment: KeyEnvironment.describe(
    'live, or test for a key whose use costs nothing; absent = live.',
  ).default('live'),
  scopes: grants
    .refine((list) => new Set(list).size === list.length, 'expected each scope once')
    .describe('What the key may do; required.'),
  models: models.describe('Ids of the models that it may use; null or absent = all.').default(null),
  limits: KeyLimits.describe('How much it may ask for; absent = the usual limits.').prefault({}),
  expiresAt: instant.nullable().describe('When it ends, in UTC; null or absent = never.').default(null),
});
export type CreateKeyRequest = z.infer<typeof CreateKeyRequest>;

/** Change a key; what is absent stays as it is. */
export const UpdateKeyRequest = z.strictObject({
  name: name.describe('What the key is for, in words, 1 to 100 characters.').optional(),
  isDisabled: z.boolean().describe('true switches the key off, false switches it on again.').optional(),
  limits: KeyLimits.describe(
    'How much it may ask for; a limit that is absent in it becomes the usual one.',
  ).optional(),
});
export type UpdateKeyRequest = z.infer<typeof UpdateKeyRequest>;

/** The longest time that a replaced key may go on beside its successor: seven days. */
export const maxOverlapSeconds: number = 7 * 24 * 60 * 60;

/** Replace a key's secret. */
export const RerollKeyRequest = z.strictObject({
  overlapSeconds: z
    .int()
    .min(0)
    .max(maxOverlapSeconds)
    .describe('Seconds that the old key goes on working, up to 604,800 (7 days); absent = 0.')
    .default(0),
});
export type RerollKeyRequest = z.infer<typeof RerollKeyRequest>;

/** A key as its owner sees it: everything but the secret. */
export const KeyView = z.object({
  id: KeyId.describe('Id of the key: the third part of its text.'),
  name: name.describe('What the key is for.'),
  environment: KeyEnvironment.describe('live, or test for a key whose use costs nothing.'),
  status: KeyStatus.describe('Whether it works now, and if not, why.'),
  scopes: grants.describe('What it may do.'),
  models: models.describe('Ids of the models that it may use; null = all.'),
  limits: KeyLimits.describe('How much it may ask for.'),
  createdAt: instant.describe('When it was made, in UTC.'),
  expiresAt: instant.nullable().describe('When it ends, in UTC; null = never.'),
  replacedBy: KeyId.nullable().describe('Id of the key that takes its place; null = none.'),
});
export type KeyView = z.infer<typeof KeyView>;

/** The keys of a project. */
export const KeyList = z.object({
  keys: z.array(KeyView).max(1000).describe('The keys, the newest first; of very many the newest thousand.'),
});
export type KeyList = z.infer<typeof KeyList>;

/** A key that was just made: the only answer that ever holds its secret. */
export const NewKeyView = KeyView.extend({
  key: z.string().max(80).describe('The whole key; it is shown this once and cannot be had again.'),
});
export type NewKeyView = z.infer<typeof NewKeyView>;
