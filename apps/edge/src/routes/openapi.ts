import { Hono } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import type { Deps } from '../deps.ts';
import { publicRoute } from '../middleware/require-scope.ts';
import { buildDocument } from '../openapi/document.ts';

/** `GET /` gives the OpenAPI document of this version. */
export function openApi({ version }: Pick<Deps, 'version'>): Hono {
  let text: string | undefined;
  return new Hono()
    .use(etag({ retainedHeaders: [...RETAINED_304_HEADERS, 'x-request-id'] }))
    .get('/', publicRoute(), (c) => {
      // Built when first asked for: most isolates are never asked.
      text ??= JSON.stringify(buildDocument(version));
      c.header('cache-control', 'public, max-age=300');
      c.header('content-type', 'application/json');
      return c.body(text);
    });
}
