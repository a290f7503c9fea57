import { scopes } from '@darkroom/shared/contracts/scopes';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { describe, expect, test } from 'vitest';
import { recordOf, testKey } from '../auth/key-fixtures.ts';
import { keyPrincipal } from '../auth/principal.ts';
import type { AuthVariables } from './authenticate.ts';
import { appUnderTest } from './edge-fixtures.ts';
import { publicRoute, requireScope, routeAccess } from './require-scope.ts';

async function appOf(granted: typeof scopes) {
  const principal = keyPrincipal(await recordOf(testKey(1), { scopes: granted }));
  const { app } = appUnderTest<AuthVariables>();
  app.use(async (c, next) => {
    c.set('principal', principal);
    await next();
  });
  for (const scope of scopes) app.get(`/${scope}`, requireScope(scope), (c) => c.text('done'));
  return app;
}

describe('requireScope', () => {
  test.each(scopes)('lets a key with %s pass, and no other key', async (scope) => {
    const holder = await (await appOf([scope])).request(`/${scope}`);
    expect(holder.status).toBe(200);
    const other = await (await appOf(scopes.filter((name) => name !== scope))).request(`/${scope}`);
    expect(other.status).toBe(403);
    expect(await other.json()).toMatchObject({ code: 'forbidden', details: { requiredScope: scope } });
  });

  test('lets nobody pass who was not authenticated', async () => {
    const { app } = appUnderTest<AuthVariables>();
    app.get('/', requireScope('jobs:read'), (c) => c.text('done'));
    expect((await app.request('/')).status).toBe(401);
  });
});

describe('publicRoute', () => {
  test('lets everybody pass', async () => {
    const app = new Hono().get('/', publicRoute(), (c) => c.text('done'));
    expect(await (await app.request('/')).text()).toBe('done');
  });
});

describe('routeAccess', () => {
  const answer = (c: { text: (text: string) => Response }) => c.text('done');

  test('lists what every route asks for, through mounted applications too', () => {
    const jobs = new Hono<{ Variables: AuthVariables }>()
      .get('/:id', requireScope('jobs:read'), answer)
      .post('/:id/cancel', etag(), requireScope('jobs:cancel'), answer);
    jobs.onError(() => new Response('own'));
    const app = new Hono().use(etag()).get('/healthz', publicRoute(), answer).route('/v1/jobs', jobs);
    expect(routeAccess(app)).toEqual([
      { method: 'GET', path: '/healthz', access: 'public' },
      { method: 'GET', path: '/v1/jobs/:id', access: 'jobs:read' },
      { method: 'POST', path: '/v1/jobs/:id/cancel', access: 'jobs:cancel' },
    ]);
  });

  test('shows routes that ask for nothing, or only after they answered', () => {
    const app = new Hono<{ Variables: AuthVariables }>()
      .use('/d', requireScope('jobs:read'))
      .get('/a', answer)
      .get('/b', answer, requireScope('jobs:read'))
      .get('/c', async (_c, _next) => new Response('done'))
      .get('/d', answer)
      .all('/e', answer);
    expect(routeAccess(app).filter(({ access }) => access === undefined)).toHaveLength(5);
  });

  test('does not let one method of a path speak for another', () => {
    const app = new Hono<{ Variables: AuthVariables }>()
      .get('/a', requireScope('jobs:read'), answer)
      .delete('/a', answer);
    expect(routeAccess(app)).toEqual([
      { method: 'DELETE', path: '/a', access: undefined },
      { method: 'GET', path: '/a', access: 'jobs:read' },
    ]);
  });
});
