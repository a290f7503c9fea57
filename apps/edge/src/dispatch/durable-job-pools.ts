/** Pools that live in Durable Objects. */
import type { DurableObjectNamespace } from '@cloudflare/workers-types';
import type { JobPools } from './job-pools.ts';
import type { Pool } from './pool.ts';

/** The name of the object that serves a pool. */
export function stubName(pool: string): string {
  return `pool:${pool}`;
}

/** The pools behind a binding. */
export function durableJobPools(namespace: DurableObjectNamespace<Pool>): JobPools {
  // What a stub answers is what its class declares, which its mapped types say in too many words.
  const at = (pool: string) => namespace.getByName(stubName(pool)) as unknown as Pool;
  return {
    enqueue: (pool, order) => at(pool).enqueue(order),
    cancel: (pool, jobId) => at(pool).cancel(jobId),
    progress: (pool, jobIds) => at(pool).progress(jobIds),
    waitForEnd: (pool, jobId, timeoutMs) => at(pool).waitForEnd(jobId, timeoutMs),
    events: (pool, jobId, afterEventId) => at(pool).events(jobId, afterEventId),
    models: (pool) => at(pool).models(),
    health: (pool) => at(pool).health(),
    drain: (pool, workerId) => at(pool).drain(workerId),
  };
}
