import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import { AppError } from '@darkroom/shared/errors';
import { Hono } from 'hono';
import { verifyWorkerToken, type WorkerKeys } from '../auth/worker-token.ts';
import { stubName } from '../dispatch/durable-job-pools.ts';
import type { Pool } from '../dispatch/pool.ts';
import { publicRoute } from '../middleware/require-scope.ts';

export interface PoolSocketDeps {
  readonly namespace: DurableObjectNamespace<Pool>;
  readonly workerKeys: WorkerKeys;
  readonly nowMs: () => number;
}

/** `GET /:pool/socket` connects a worker with its pool; its token, not a key, lets it in. */
export function poolSocket({ namespace, workerKeys, nowMs }: PoolSocketDeps): Hono {
  return new Hono().get('/:pool/socket', publicRoute(), async (c) => {
    const pool = c.req.param('pool');
    const [, token] = /^Bearer (\S{1,4096})$/.exec(c.req.header('authorization') ?? '') ?? [];
    const workerId = token && (await verifyWorkerToken(token, { pool, keys: workerKeys, nowMs: nowMs() }));
    if (!workerId)
      throw new AppError('unauthenticated', { message: 'expected a token of a worker of this pool' });
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket')
      throw new AppError('invalid_request', { message: 'upgrade: expected websocket' });
    const address = `https://pool/?${new URLSearchParams({ pool, workerId })}`;
    const answer = await namespace
      .getByName(stubName(pool))
      .fetch(address, { headers: { upgrade: 'websocket' } });
    return answer as unknown as Response;
  });
}
