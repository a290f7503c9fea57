/** What a route asks of its caller, written on the route itself, so that a route which asks nothing can be found. */
import type { Scope } from '@darkroom/shared/contracts/scopes';
import { AppError } from '@darkroom/shared/errors';
import type { Env, Hono, MiddlewareHandler } from 'hono';
import { findTargetHandler, isMiddleware } from 'hono/utils/handler';
import type { AuthVariables } from './authenticate.ts';

/** A scope, or `public` for a route that asks for no key. */
export type Access = Scope | 'public';

const accessMark = Symbol('access');
type Marked = { readonly [accessMark]?: Access };

/**
 * Refuses callers without the scope; stands first among a route's handlers.
 *
 * Throws `unauthenticated` when nobody was authenticated, `forbidden` naming the scope that is missing.
 *
 * @example routes.get('/', requireScope('jobs:read'), (c) => …);
 */
export function requireScope(scope: Scope): MiddlewareHandler<{ Variables: AuthVariables }> {
  const check: MiddlewareHandler<{ Variables: AuthVariables }> = async (c, next) => {
    // Typed as always set, but a route may have been mounted outside of what is authenticated.
    const principal: AuthVariables['principal'] | undefined = c.get('principal');
    if (!principal) throw new AppError('unauthenticated');
    if (!principal.scopes.has(scope)) {
      const message = `expected a key with scope ${scope}`;
      throw new AppError('forbidden', { message, details: { requiredScope: scope } });
    }
    await next();
  };
  return Object.assign(check, { [accessMark]: scope });
}

/** Says of a route that it is for everybody. */
export function publicRoute(): MiddlewareHandler {
  const pass: MiddlewareHandler = async (_c, next) => {
    await next();
  };
  return Object.assign(pass, { [accessMark]: 'public' as const });
}

/** One route, and what it asks for; `undefined` = it was forgotten. */
export interface RouteAccess {
  readonly method: string;
  readonly path: string;
  readonly access: Access | undefined;
}

interface Step {
  readonly access: Access | undefined;
  readonly isEnd: boolean;
}

/** What the steps ask for before the first one that may answer. */
function accessOf(steps: readonly Step[]): Access | undefined {
  const end = steps.findIndex(({ isEnd }) => isEnd);
  return steps.slice(0, end === -1 ? steps.length : end).find(({ access }) => access)?.access;
}

/**
 * Every route of an application with what it asks for, sorted by path. Middleware mounted by `use` is no route;
 * anything mounted under a method is, even a handler that takes `next`.
 */
export function routeAccess<E extends Env>(app: Hono<E>): RouteAccess[] {
  const groups = new Map<string, { method: string; path: string; steps: Step[] }>();
  for (const { method, path, handler } of app.routes) {
    const target = findTargetHandler(handler);
    const isEnd = !isMiddleware(target);
    if (method === 'ALL' && !isEnd) continue;
    const group = groups.get(`${method} ${path}`) ?? { method, path, steps: [] };
    group.steps.push({ access: (target as Marked)[accessMark], isEnd });
    groups.set(`${method} ${path}`, group);
  }
  return [...groups.values()]
    .map(({ method, path, steps }) => ({ method, path, access: accessOf(steps) }))
    .toSorted((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
}
