/** The headers that steer requests, each described once. */
import type { Parameter } from './open-api.ts';

const header = (name: string, description: string, schema: Parameter['schema']): Parameter => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

export const requestHeaders = {
  'idempotency-key': header(
    'Idempotency-Key',
    'Makes sending it again safe; a text of your own, up to 255 printable ASCII characters.',
    { type: 'string', minLength: 1, maxLength: 255 },
  ),
  prefer: header(
    'Prefer',
    '`wait=30` answers when the job has ended, but after 30 seconds at the latest; 0 to 60, absent = at once.',
    { type: 'string', pattern: '^wait(=[0-9]+)?$' },
  ),
  'last-event-id': header(
    'Last-Event-ID',
    'Id of the last event that you have: the stream goes on behind it, or with how things stand if that is too long ago.',
    { type: 'string', pattern: '^[0-9]{1,15}$' },
  ),
} as const;

export type RequestHeader = keyof typeof requestHeaders;
