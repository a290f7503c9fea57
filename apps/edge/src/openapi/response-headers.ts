/** The headers of answers, each described once. */
import type { Ref } from './open-api.ts';

const text = (description: string) => ({ description, schema: { type: 'string' } }) as const;

export const headers = {
  'x-request-id': text('Id of the request, to name it to support; yours if you sent one.'),
  'ratelimit-policy': text('How many requests there are in how many seconds: "default";q=600;w=60.'),
  ratelimit: text('How many are left, and seconds until there are more: "default";r=594;t=12.'),
  'retry-after': {
    description: 'Seconds to wait before the same request may succeed.',
    schema: { type: 'integer', minimum: 0 },
  },
  location: text('Where what was made is found.'),
  etag: text('Tag of this version; sent back in If-None-Match it saves the body.'),
  'preference-applied': text('How long the end was waited for at most: wait=30; absent = it was not.'),
  'idempotent-replayed': text('true on an answer that was given before to the same Idempotency-Key.'),
} as const;

type HeaderName = keyof typeof headers;

const refs = (names: readonly HeaderName[]): Readonly<Record<string, Ref>> =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** What an answer carries: the id of its request, and what else is named. */
export const answerHeaders = (names: readonly HeaderName[]): Readonly<Record<string, Ref>> =>
  refs(['x-request-id', ...names]);

/** What every answer to a key carries. */
export const rateLimitHeaders: Readonly<Record<string, Ref>> = refs(['ratelimit-policy', 'ratelimit']);
