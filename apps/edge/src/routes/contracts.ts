import { type JobKind, jobKinds, requestContracts } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import { z } from 'zod';
import { publicRoute } from '../middleware/require-scope.ts';

/** @throws AppError `not_found` naming the known kinds */
function knownKind(name: string): JobKind {
  const kind = jobKinds.find((known) => known === name);
  if (kind) return kind;
  const message = `kind: expected one of ${jobKinds.join(', ')}, got ${name}`;
  throw new AppError('not_found', { message, details: { field: 'kind', known: jobKinds } });
}

/** `GET /:kind` gives the JSON Schema of what a client sends for a job of that kind. */
export function contracts(): Hono {
  return new Hono()
    .use(etag({ retainedHeaders: [...RETAINED_304_HEADERS, 'x-request-id'] }))
    .get('/:kind', publicRoute(), (c) => {
      const schema = z.toJSONSchema(requestContracts[knownKind(c.req.param('kind'))], { io: 'input' });
      // A contract changes only with a deployment; its tag makes asking again cheap.
      c.header('cache-control', 'public, max-age=300');
      c.header('content-type', 'application/schema+json');
      return c.body(JSON.stringify(schema));
    });
}
