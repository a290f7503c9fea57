/** How often a request asks what stands elsewhere: each question is a way over the network. */
import { createDeps } from '@darkroom/edge/deps';
import { parseVars } from '@darkroom/edge/env';
import { AssetView } from '@darkroom/shared/contracts/asset';
import { JobList } from '@darkroom/shared/contracts/job-list';
import { expect, test } from 'vitest';
import { png } from './assets-stage.ts';
import { type EdgeUnderTest, edgeUnderTest, testEnv } from './edge-app.ts';
import { enqueue, openPool } from './jobs-stage.ts';
import { asJson, viewOf } from './submit-stage.ts';

type Asked = Record<'database' | 'pools' | 'limits', number>;

const nothing: Asked = { database: 0, pools: 0, limits: 0 };
const prompt = 'make it a snowy night';

/** An object whose methods are counted: all of them, or those of these names. */
function counted<T extends object>(target: T, count: () => void, names?: readonly string[]): T {
  return new Proxy(target, {
    get(_, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        if (names?.includes(String(name)) ?? true) count();
        const answer: unknown = value.apply(target, given);
        const isStatement = name === 'prepare' || name === 'bind';
        return isStatement ? counted(answer as object, count, names) : answer;
      };
    },
  });
}

/** An edge that has answered a request before, and what it has asked since it was last asked for that. */
async function countingEdge(): Promise<{ edge: EdgeUnderTest; asked: () => Asked }> {
  let now = { ...nothing };
  const count = (name: keyof Asked) => () => {
    now[name] += 1;
  };
  const DB = counted(testEnv.DB, count('database'), ['batch', 'all', 'raw', 'run', 'first']);
  const { log, reportFailure, ...parts } = createDeps({ ...testEnv, DB }, parseVars(testEnv));
  // While the clock stands what may be remembered is remembered.
  const nowMs = Date.now();
  const deps = {
    ...parts,
    nowMs: () => nowMs,
    pools: counted(parts.pools, count('pools')),
    rateCounter: counted(parts.rateCounter, count('limits')),
    concurrencyGate: counted(parts.concurrencyGate, count('limits')),
  };
  const edge = await edgeUnderTest({ deps });
  const asked = () => {
    const before = now;
    now = { ...nothing };
    return before;
  };
  return { edge, asked };
}

async function keptPhoto({ ask }: EdgeUnderTest): Promise<string> {
  const answer = await ask('/v1/assets', {
    method: 'POST',
    body: png,
    headers: { 'content-type': 'image/png' },
  });
  return AssetView.parse(await answer.json()).id;
}

test('a submission asks the database four times, its pool once and the limits twice', async () => {
  const { edge, asked } = await countingEdge();
  const image = await keptPhoto(edge);
  const submit = async (key: string) =>
    await edge.ask('/v1/edits', asJson({ image, prompt }, { 'idempotency-key': key }));
  await submit('a');
  asked();
  expect((await submit('b')).status).toBe(202);
  // The key's record, what the wish names, the reservation, the record's answer.
  expect(asked()).toEqual({ database: 4, pools: 1, limits: 2 });
  expect((await submit('b')).headers.get('idempotent-replayed')).toBe('true');
  expect(asked()).toEqual({ database: 1, pools: 0, limits: 1 });
});

test('a job that is open is seen by one question to the database and one to its pool', async () => {
  const { edge, asked } = await countingEdge();
  const image = await keptPhoto(edge);
  const { id } = await viewOf(await edge.ask('/v1/edits', asJson({ image, prompt })));
  asked();
  expect((await edge.ask(`/v1/jobs/${id}`)).status).toBe(200);
  expect(asked()).toEqual({ database: 1, pools: 1, limits: 1 });
});

test('a list of jobs asks each pool once, however many of its jobs are open', async () => {
  const { edge, asked } = await countingEdge();
  const [one, other] = [await openPool(), await openPool()];
  for (const pool of [one, other, one, one]) await enqueue(edge, pool);
  await edge.ask('/v1/jobs');
  asked();
  const { jobs } = JobList.parse(await (await edge.ask('/v1/jobs')).json());
  expect(jobs.map(({ progress }) => progress.position)).toEqual([2, 1, 0, 0]);
  expect(asked()).toMatchObject({ database: 1, pools: 2 });
});
