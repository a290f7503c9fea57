import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import { type RequestIdVariables, requestId } from 'hono/request-id';
import type { Deps } from './deps.ts';
import { onError } from './middleware/on-error.ts';
import { contracts } from './routes/contracts.ts';
import { healthz } from './routes/healthz.ts';

/** The HTTP application: middleware in order, then the routes. */
export function createApp(deps: Deps): Hono<{ Variables: RequestIdVariables }> {
  const app = new Hono<{ Variables: RequestIdVariables }>();
  app.use(requestId());
  app.onError(onError(deps));
  app.notFound((c) => {
    throw new AppError('not_found', { message: `expected a known route, got ${c.req.method} ${c.req.path}` });
  });
  app.route('/healthz', healthz(deps));
  app.route('/v1/contracts', contracts());
  return app;
}
