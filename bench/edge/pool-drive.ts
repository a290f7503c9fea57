// The edge's Worker with one more route, which hands jobs to a pool from within the runtime: at a pace that the road over
// HTTP and its development server need not keep up with.

import { openDatabase } from '@darkroom/edge/db/database';
import type { JobRow } from '@darkroom/edge/db/job-rows';
import { keys } from '@darkroom/edge/db/schema';
import { durableJobPools } from '@darkroom/edge/dispatch/durable-job-pools';
import type { EdgeEnv } from '@darkroom/edge/env';
import edge, { Limits, Pool } from '@darkroom/edge/index';
import { durableConcurrencyGate } from '@darkroom/edge/limits/durable-concurrency-gate';
import { reserve } from '@darkroom/edge/metering/reserve';
import { slotSubject } from '@darkroom/edge/middleware/concurrency';
import { embeddedModelId } from '@darkroom/edge/routing/models';
import { orderOf } from '@darkroom/edge/submit/order';
import { EditRequest } from '@darkroom/shared/contracts/job-request';
import { idRandomBytes, JobId, makeId } from '@darkroom/shared/ids';
import { priceOf } from '@darkroom/shared/pricing';
import { Drive, drivePath } from './drive.ts';

export { Limits, Pool };

const poolName = 'default';
const lifeMs = 600_000;
const sha256 = '0'.repeat(64);
const work = { kind: 'edit', family: 'embedded', width: 64, height: 48, steps: 1, pictures: 1 } as const;

const freshId = (prefix: 'job' | 'asset') =>
  makeId(prefix, Date.now(), crypto.getRandomValues(new Uint8Array(idRandomBytes)));

/** Admits jobs as a submission does, with a row, a reservation and a slot each, and keeps them from their pool. */
async function admit(env: EdgeEnv, count: number): Promise<JobRow[]> {
  const db = openDatabase(env.DB);
  const gate = durableConcurrencyGate(env.LIMITS);
  const [key] = await db.select().from(keys).limit(1);
  if (!key) throw new TypeError('expected a key');
  const rows: JobRow[] = [];
  for (let n = 0; n < count; n++) {
    const request = EditRequest.parse({
      kind: 'edit',
      image: freshId('asset'),
      prompt: 'make it a snowy night',
    });
    const createdAtMs = Date.now();
    const job = {
      id: JobId.parse(freshId('job')),
      projectId: key.projectId,
      keyId: key.identityId,
      kind: request.kind,
      pool: poolName,
      requestId: 'bench',
      request,
      prompt: { original: request.prompt, enhanced: null },
      seed: n,
      model: { id: embeddedModelId, sha256: null },
      createdAtMs,
      deadlineAtMs: createdAtMs + lifeMs,
    };
    await gate.enter(slotSubject(key), { holder: job.id, limit: 10_000, ttlMs: lifeMs });
    rows.push(await reserve(db, job, priceOf(work, 'free')));
  }
  return rows;
}

function orderFor(row: JobRow) {
  const { image: id } = EditRequest.parse(row.request);
  const image = {
    key: `asset/${row.projectId}/${id}/${sha256}`,
    sha256,
    sizeBytes: 1,
    mime: 'image/png',
  } as const;
  // The time of its offer counts from here.
  return orderOf({ ...row, createdAtMs: Date.now() }, { image: { ...image, width: 64, height: 48 } }, work);
}

async function drive(env: EdgeEnv, { count, perSecond }: Drive): Promise<{ perSecond: number }> {
  const rows = await admit(env, count);
  const pools = durableJobPools(env.POOLS);
  const taken: Promise<unknown>[] = [];
  const startedAtMs = Date.now();
  while (taken.length < count) {
    const due = Math.ceil(((Date.now() - startedAtMs) * perSecond) / 1000);
    for (const row of rows.slice(taken.length, due)) taken.push(pools.enqueue(poolName, orderFor(row)));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const seconds = (Date.now() - startedAtMs) / 1000;
  await Promise.all(taken);
  return { perSecond: count / seconds };
}

export default {
  ...edge,
  async fetch(...given: Parameters<typeof edge.fetch>): Promise<Response> {
    const [request, env] = given;
    if (new URL(request.url).pathname !== drivePath) return await edge.fetch(...given);
    return Response.json(await drive(env, Drive.parse(await request.json())));
  },
};
