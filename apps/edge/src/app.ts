import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import type { Deps } from './deps.ts';
import { accessLog } from './middleware/access-log.ts';
import { securityHeaders, serverTiming } from './middleware/answer-headers.ts';
import { type AuthVariables, authenticate } from './middleware/authenticate.ts';
import { limitBody } from './middleware/body-limit.ts';
import { onError } from './middleware/on-error.ts';
import { rateLimit } from './middleware/rate-limit.ts';
import { refuseKeyInUrl } from './middleware/refuse-key-in-url.ts';
import { requestId } from './middleware/request-id.ts';
import { assets } from './routes/assets.ts';
import { clientTokens } from './routes/client-tokens.ts';
import { contracts } from './routes/contracts.ts';
import { healthz } from './routes/healthz.ts';
import { jobs } from './routes/jobs.ts';
import { keys } from './routes/keys.ts';
import { models } from './routes/models.ts';
import { openApi } from './routes/openapi.ts';
import { poolSocket } from './routes/pool-socket.ts';
import { readyz } from './routes/readyz.ts';
import { reference } from './routes/reference.ts';
import { submissions } from './routes/submissions.ts';
import { usage } from './routes/usage.ts';
import { webhooks } from './routes/webhooks.ts';

/** Bodies are held in memory, with the pictures in them; larger pictures go to signed addresses. */
const maxBodyBytes = 32 * 1024 * 1024;

export type App = Hono<{ Variables: RequestIdVariables & AuthVariables }>;

/** The HTTP application: middleware in order, then the routes. */
export function createApp(deps: Deps): App {
  const app: App = new Hono();
  app.use(requestId(), accessLog(deps));
  app.onError(onError(deps));
  app.notFound((c) => {
    throw new AppError('not_found', { message: `expected a known route, got ${c.req.method} ${c.req.path}` });
  });
  // Above what adds headers, because the answer that opens a socket takes none.
  app.route('/v1/pools', poolSocket({ ...deps.workerLink, nowMs: deps.nowMs }));
  app.use(securityHeaders(), serverTiming(deps), refuseKeyInUrl(), limitBody(maxBodyBytes));

  app.route('/healthz', healthz(deps));
  app.route('/readyz', readyz(deps));
  app.route('/v1/contracts', contracts());
  app.route('/openapi.json', openApi(deps));
  app.route('/reference', reference(deps));

  // What stands above asks for no key.
  app.use('/v1/*', authenticate(deps), rateLimit(deps));
  app.route('/v1/keys', keys(deps));
  app.route('/v1/client-tokens', clientTokens(deps));
  app.route('/v1/usage', usage(deps));
  app.route('/v1/assets', assets(deps));
  app.route('/v1/jobs', jobs(deps));
  app.route('/v1', submissions(deps));
  app.route('/v1/models', models(deps));
  app.route('/v1/webhooks', webhooks(deps));
  return app;
}
