import type { ExecutionContext, ScheduledController } from '@cloudflare/workers-types';
import { AppError, toAppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import type { RequestIdVariables } from 'hono/request-id';
import { createApp } from './app.ts';
import { createDeps, type Deps, logFailure } from './deps.ts';
import { type EdgeEnv, parseVars } from './env.ts';
import { onError } from './middleware/on-error.ts';
import { requestId } from './middleware/request-id.ts';
import { runScheduled } from './scheduled.ts';

// The runtime looks for these by name.
/** @public */
export { Pool } from './dispatch/pool.ts';
/** @public */
export { Limits } from './limits/limits.ts';

interface Edge {
  /** Undefined = the environment is wrong. */
  readonly deps: Deps | undefined;
  readonly fetch: (request: Request) => Response | Promise<Response>;
}

/** Answers every request that the service is not configured; what is wrong is told to operators alone. */
function misconfigured(cause: unknown): Edge {
  const app = new Hono<{ Variables: RequestIdVariables }>();
  app.use(requestId());
  app.onError(onError({ reportFailure: logFailure }));
  app.all('*', () => {
    throw new AppError('misconfigured', { cause });
  });
  return { deps: undefined, fetch: (request) => app.fetch(request) };
}

function createEdge(env: EdgeEnv): Edge {
  try {
    const deps = createDeps(env, parseVars(env));
    const app = createApp(deps);
    return { deps, fetch: (request) => app.fetch(request) };
  } catch (error) {
    return misconfigured(toAppError(error));
  }
}

/** An isolate's environment never changes, so that it is read once. */
const edges = new WeakMap<EdgeEnv, Edge>();
function edgeOf(env: EdgeEnv): Edge {
  const edge = edges.get(env) ?? createEdge(env);
  edges.set(env, edge);
  return edge;
}

export default {
  async fetch(request: Request, env: EdgeEnv, context: ExecutionContext): Promise<Response> {
    const answer = Promise.resolve(edgeOf(env).fetch(request));
    // What a client began is brought to its end though the client hangs up: half a submission helps nobody.
    context.waitUntil(answer);
    return await answer;
  },
  async scheduled(_controller: ScheduledController, env: EdgeEnv): Promise<void> {
    const { deps } = edgeOf(env);
    if (deps) await runScheduled(deps);
  },
};
