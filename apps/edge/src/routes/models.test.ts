import { ModelList } from '@darkroom/shared/contracts/model-view';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { Principal } from '../auth/principal.ts';
import type { Deps } from '../deps.ts';
import type { PoolModel } from '../dispatch/job-pools.ts';
import type { AuthVariables } from '../middleware/authenticate.ts';
import { models } from './models.ts';

const sha256 = 'b'.repeat(64);
const shelved: PoolModel = { id: 'someone/model', kinds: ['generate'], sha256, isOnline: true };

async function listed(allowed: Principal['models']): Promise<ModelList> {
  const principal = { scopes: new Set(['models:read']), models: allowed } as unknown as Principal;
  const pools = { models: async () => [shelved] } as unknown as Deps['pools'];
  const app = new Hono<{ Variables: AuthVariables }>()
    .use(async (c, next) => {
      c.set('principal', principal);
      await next();
    })
    .route('/', models({ pools }));
  return ModelList.parse(await (await app.request('/')).json());
}

test('lists what workers have, and the embedded models while none has them', async () => {
  const embedded = (['caption', 'detect', 'edit', 'segment'] as const).map((kind) => ({
    id: `darkroom/${kind}`,
    kinds: [kind],
    isOnline: false,
    sha256: null,
  }));
  expect(await listed(null)).toEqual({ models: [...embedded, shelved] });
});

test('lists only what the key may use', async () => {
  expect((await listed(['someone/model'])).models).toEqual([shelved]);
});
