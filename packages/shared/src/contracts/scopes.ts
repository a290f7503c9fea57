/** What a key may be allowed to do: every route of the edge asks for exactly one of these. */
import { z } from 'zod';

/** Each scope and what it lets its holder do, as a sentence's end. */
export const scopeMeanings = {
  'edits:write': 'submit jobs that make or change pictures, and any job again',
  'vision:write': 'submit jobs that say what photos show',
  'jobs:read': 'see jobs, their events and their results',
  'jobs:cancel': 'cancel jobs',
  'assets:read': 'fetch stored pictures',
  'assets:write': 'upload and delete pictures',
  'models:read': 'list the models',
  'usage:read': 'see what was used and what it cost',
  'keys:read': 'list keys, without their secrets',
  'keys:write': 'create, change, replace and revoke keys',
  'tokens:write': 'mint short-lived tokens for client applications',
  'webhooks:read': 'see webhooks and their deliveries',
  'webhooks:write': 'change webhooks and replay deliveries',
} as const;

/** All scopes, in the table's order. */
export const scopes = Object.keys(scopeMeanings) as readonly (keyof typeof scopeMeanings)[];

export const Scope = z.enum(scopes);
export type Scope = z.infer<typeof Scope>;
