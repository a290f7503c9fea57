import { Hono } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import type { Deps } from '../deps.ts';
import { publicRoute } from '../middleware/require-scope.ts';
import { buildDocument } from '../openapi/document.ts';
import { referencePage } from '../openapi/reference-page.ts';

/** The page holds its own style and nothing else that a browser would run or fetch. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `GET /` gives the OpenAPI document of this version as a page to read. */
export function reference({ version }: Pick<Deps, 'version'>): Hono {
  let page: Promise<string> | undefined;
  return new Hono()
    .use(etag({ retainedHeaders: [...RETAINED_304_HEADERS, 'x-request-id'] }))
    .get('/', publicRoute(), async (c) => {
      page ??= referencePage(buildDocument(version));
      const text = await page;
      c.header('cache-control', 'public, max-age=300');
      c.header('content-security-policy', policy);
      return c.html(text);
    });
}
