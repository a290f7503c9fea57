import { Problem } from '@darkroom/shared/contracts/problem';
import { describe, expect, test } from 'vitest';
import { pngHeader } from '../support/picture-headers.ts';
import { announce, viewOf as assetOf, file, png, store, tokenFor } from './assets-stage.ts';
import { type EdgeUnderTest, edgeUnderTest, storeKey } from './edge-app.ts';
import { asForm, asJson, jobsOf, moneyOf, viewOf } from './submit-stage.ts';

const prompt = 'make it a snowy night';
const problemOf = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json());
const assetsOf = async ({ ask }: EdgeUnderTest): Promise<unknown> => await (await ask('/v1/assets')).json();
const nothing = { spentMicros: 0, reservedMicros: 0 };

/** Nothing came of it: no job, no promise of money, no picture, no slot. */
async function expectNothing(edge: EdgeUnderTest): Promise<void> {
  expect(await jobsOf(edge)).toEqual([]);
  expect(await moneyOf(edge)).toEqual(nothing);
  expect(await assetsOf(edge)).toMatchObject({ assets: [] });
}

describe('a request that is refused', () => {
  test.each([
    ['/v1/generations', { prompt }],
    ['/v1/img2img', { prompt, image: 'its own' }],
    ['/v1/inpaints', { prompt, image: 'its own', mask: 'its own' }],
  ])('%s asks for a model, and says which command fetches one', async (path, body) => {
    const edge = await edgeUnderTest();
    const { id } = await store(edge);
    const named = Object.fromEntries(Object.entries(body).map(([k, v]) => [k, v === 'its own' ? id : v]));
    const answer = await edge.ask(path, asJson(named));
    expect(answer.status).toBe(409);
    const problem = await problemOf(answer);
    expect(problem).toMatchObject({ code: 'model_required', retryable: false });
    expect(problem.details?.['command']).toMatch(/^npm run models -- pull \S+\/\S+$/);
    expect(await jobsOf(edge)).toEqual([]);
  });

  test('for a foreign picture is answered exactly like one for a missing picture', async () => {
    const edge = await edgeUnderTest();
    const foreign = (await store(await edgeUnderTest())).id;
    const missing = `asset_${'0'.repeat(26)}`;
    const [a, b] = await Promise.all(
      [foreign, missing].map(
        async (image) => await problemOf(await edge.ask('/v1/edits', asJson({ image, prompt }))),
      ),
    );
    expect(a).toMatchObject({ code: 'not_found', detail: `image: there is no asset ${foreign}` });
    expect({ ...a, requestId: '', detail: '' }).toEqual({ ...b, requestId: '', detail: '' });
  });

  test.each([
    ['no prompt', { prompt: ' ' }, 'prompt'],
    ['a number that is none', { steps: 'many' }, 'steps'],
    ['too many steps', { steps: '151' }, 'steps'],
    ['an unknown field', { stepz: '3' }, 'stepz'],
    ['a kind of another path', { kind: 'generate' }, 'kind'],
    ['a file in the place of text', { prompt: png }, 'prompt'],
  ])('for %s names the field and keeps nothing', async (_case, fields, field) => {
    const edge = await edgeUnderTest();
    const answer = await edge.ask('/v1/edits', asForm(fields as Record<string, string>));
    expect(answer.status).toBe(400);
    const problem = await problemOf(answer);
    expect(problem.code).toBe('invalid_request');
    expect(problem.detail).toContain(field);
    await expectNothing(edge);
  });

  test('for a file that is no picture keeps nothing', async () => {
    const edge = await edgeUnderTest();
    const answer = await edge.ask('/v1/edits', asForm({ image: new TextEncoder().encode('<svg/>') }));
    expect(answer.status).toBe(415);
    await expectNothing(edge);
  });
});

describe('a request that cannot be admitted', () => {
  test('for a mask of another size keeps neither picture', async () => {
    const edge = await edgeUnderTest();
    const answer = await edge.ask('/v1/edits', asForm({ mask: pngHeader(7, 4) }));
    expect(answer.status).toBe(400);
    expect(await problemOf(answer)).toMatchObject({ details: { field: 'mask' } });
    await expectNothing(edge);
  });

  test('for a picture whose file is still awaited is a conflict', async () => {
    const edge = await edgeUnderTest();
    const { id: image } = await announce(edge);
    expect((await edge.ask('/v1/edits', asJson({ image, prompt }))).status).toBe(409);
  });

  test('for too little credit keeps nothing, and gives its slot back', async () => {
    const edge = await edgeUnderTest({ capMicros: 1000, limits: { concurrency: 1 } });
    for (let tries = 0; tries < 2; tries++) {
      const answer = await edge.ask('/v1/edits', asForm());
      expect(answer.status).toBe(402);
      expect(await problemOf(answer)).toMatchObject({ code: 'insufficient_credit' });
    }
    await expectNothing(edge);
  });

  test('for more jobs at once than the key may have says so', async () => {
    const edge = await edgeUnderTest({ limits: { concurrency: 1 } });
    expect((await edge.ask('/v1/edits', asForm())).status).toBe(202);
    const answer = await edge.ask('/v1/edits', asForm());
    expect(answer.status).toBe(429);
    expect(await problemOf(answer)).toMatchObject({ details: { policy: 'concurrency', limit: 1 } });
    expect(await jobsOf(edge)).toHaveLength(1);
    expect(await assetsOf(edge)).toMatchObject({ assets: [{}] });
  });

  test('for a model that the key may not use is forbidden', async () => {
    const edge = await edgeUnderTest({ models: ['someone/else'] });
    expect((await edge.ask('/v1/edits', asForm())).status).toBe(403);
    expect((await edge.ask('/v1/edits', asForm({ model: 'darkroom/edit' }))).status).toBe(403);
    await expectNothing(edge);
  });
});

describe('a pool without room', () => {
  const full = async () => ({ isTaken: false, reason: 'pool_full', retryAfterMs: 4200 }) as const;

  test('is answered with when to come back, and the job is taken back whole', async () => {
    const usual = await edgeUnderTest();
    const pools = { ...usual.deps.pools, enqueue: full };
    const edge = await edgeUnderTest({ project: usual.project, limits: { concurrency: 1 }, deps: { pools } });
    const answer = await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'later' }));
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await problemOf(answer)).toMatchObject({ code: 'rate_limited', details: { policy: 'pool_full' } });
    await expectNothing(edge);
    Object.assign(pools, { enqueue: usual.deps.pools.enqueue });
    expect((await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'later' }))).status).toBe(202);
    expect(await jobsOf(edge)).toHaveLength(1);
  });
});

describe('a pool that does not answer', () => {
  test('leaves the job to the next try of the same request, which carries on with it', async () => {
    const usual = await edgeUnderTest();
    const broken = async () => {
      throw new Error('reset');
    };
    const pools = { ...usual.deps.pools, enqueue: broken as typeof usual.deps.pools.enqueue };
    const edge = await edgeUnderTest({ project: usual.project, deps: { pools } });
    const lost = await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'once' }));
    expect(lost.status).toBe(503);
    expect(lost.headers.get('retry-after')).toMatch(/^\d+$/);
    const [row] = await jobsOf(edge);
    pools.enqueue = usual.deps.pools.enqueue;
    const found = await edge.ask('/v1/edits', asForm({}, { 'idempotency-key': 'once' }));
    expect(found.status).toBe(202);
    expect((await viewOf(found)).id).toBe(row?.id);
    expect((await usual.deps.pools.progress('default', [row?.id ?? ''])).size).toBe(1);
    expect(await jobsOf(edge)).toHaveLength(1);
    expect(await assetsOf(edge)).toMatchObject({ assets: [{}] });
  });
});

describe('a client token', () => {
  test('edits its own picture, and nothing else', async () => {
    const edge = await edgeUnderTest();
    const own = await store(edge);
    const other = await assetOf(await edge.ask('/v1/assets', file(pngHeader(9, 9))));
    const token = await tokenFor(edge, own);
    const submit = (path: string, init: RequestInit) => edge.app.request(path, init);
    expect((await submit('/v1/edits', asJson({ image: own.id, prompt }, token))).status).toBe(202);
    expect((await submit('/v1/edits', asJson({ image: other.id, prompt }, token))).status).toBe(404);
    expect((await submit('/v1/edits', asJson({ image: own.id, mask: other.id, prompt }, token))).status).toBe(
      404,
    );
    expect((await submit('/v1/generations', asJson({ prompt }, token))).status).toBe(403);
    expect((await submit('/v1/edits', asForm({}, token))).status).toBe(403);
  });

  test('repeats no job but those of its own picture', async () => {
    const edge = await edgeUnderTest();
    const [own, other] = [
      await store(edge),
      await assetOf(await edge.ask('/v1/assets', file(pngHeader(9, 9)))),
    ];
    const token = await tokenFor(edge, own);
    const key = await storeKey(edge.deps, edge.project);
    const submit = async (image: string) =>
      await viewOf(
        await edge.ask('/v1/edits', asJson({ image, prompt }, { authorization: `Bearer ${key.text}` })),
      );
    const foreign = await submit(other.id);
    const answer = await edge.app.request(`/v1/jobs/${foreign.id}/reproduce`, {
      method: 'POST',
      headers: token,
    });
    expect(answer.status).toBe(404);
  });
});
