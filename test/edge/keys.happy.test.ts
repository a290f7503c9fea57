import { findBudget } from '@darkroom/edge/db/budgets';
import { KeyList, KeyView, NewKeyView } from '@darkroom/shared/contracts/api-key';
import { describe, expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

const post = (body: unknown): RequestInit => ({ method: 'POST', body: JSON.stringify(body) });
const patch = (body: unknown): RequestInit => ({ method: 'PATCH', body: JSON.stringify(body) });
const bearer = (key: string): RequestInit => ({ headers: { authorization: `Bearer ${key}` } });

/** An edge, and a key that was made through it. */
async function withKey(changes: object = {}) {
  const edge = await edgeUnderTest();
  const answer = await edge.ask('/v1/keys', post({ name: 'phone', scopes: ['usage:read'], ...changes }));
  return { ...edge, answer, made: NewKeyView.parse(await answer.json()) };
}

describe('POST /v1/keys', () => {
  test('makes a key that works, and shows it to nobody else', async () => {
    const { answer, made, ask } = await withKey();
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/keys/${made.id}`);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect((await ask('/v1/usage', bearer(made.key))).status).toBe(200);
    const text = await (await ask('/v1/keys')).text();
    expect(text).toContain(made.id);
    expect(text).not.toContain(made.key);
  });

  test('opens a budget with its cap', async () => {
    const { made, deps, project } = await withKey({ limits: { spendCapMicros: 5_000 } });
    const budget = await findBudget(deps.db, { projectId: project.id, holderId: made.id });
    expect(budget).toMatchObject({ capMicros: 5_000, spentMicros: 0, reservedMicros: 0 });
  });

  test('makes test keys whose text says so', async () => {
    const { made } = await withKey({ environment: 'test' });
    expect(made.key).toMatch(/^dk_test_/);
  });
});

describe('GET /v1/keys', () => {
  test('lists the keys of the project, and one by its id', async () => {
    const { made, key, ask } = await withKey();
    const { keys } = KeyList.parse(await (await ask('/v1/keys')).json());
    expect(keys.map(({ id }) => id).toSorted()).toEqual([made.id, key.id].toSorted());
    const one = KeyView.parse(await (await ask(`/v1/keys/${made.id}`)).json());
    expect(one).toEqual(keys.find(({ id }) => id === made.id));
  });
});

describe('PATCH /v1/keys/:id', () => {
  test('changes name and limits, and the cap of its budget with them', async () => {
    const { made, ask, deps, project } = await withKey();
    const limits = { requestsPerMinute: 10, concurrency: 2, spendCapMicros: 7 };
    const answer = await ask(`/v1/keys/${made.id}`, patch({ name: 'tablet', limits }));
    expect(await answer.json()).toMatchObject({ id: made.id, name: 'tablet', limits });
    const budget = await findBudget(deps.db, { projectId: project.id, holderId: made.id });
    expect(budget?.capMicros).toBe(7);
  });

  test('switches a key off and on again', async () => {
    const { made, ask } = await withKey();
    const off = await ask(`/v1/keys/${made.id}`, patch({ isDisabled: true }));
    expect(await off.json()).toMatchObject({ status: 'disabled' });
    expect((await ask('/v1/usage', bearer(made.key))).status).toBe(401);
    const on = await ask(`/v1/keys/${made.id}`, patch({ isDisabled: false }));
    expect(await on.json()).toMatchObject({ status: 'active' });
  });
});

describe('POST /v1/keys/:id/reroll', () => {
  test('gives a successor, beside which the old key works for the overlap', async () => {
    const { made, ask } = await withKey();
    const answer = await ask(`/v1/keys/${made.id}/reroll`, post({ overlapSeconds: 60 }));
    expect(answer.status).toBe(201);
    const successor = NewKeyView.parse(await answer.json());
    expect(successor).toMatchObject({ name: 'phone', scopes: ['usage:read'], status: 'active' });
    for (const key of [made.key, successor.key])
      expect((await ask('/v1/usage', bearer(key))).status).toBe(200);
    const old = KeyView.parse(await (await ask(`/v1/keys/${made.id}`)).json());
    expect(old.replacedBy).toBe(successor.id);
  });

  test('without an overlap ends the old key', async () => {
    const { made, ask } = await withKey();
    await ask(`/v1/keys/${made.id}/reroll`, post({}));
    expect((await ask('/v1/usage', bearer(made.key))).status).toBe(401);
  });
});

describe('DELETE /v1/keys/:id', () => {
  test('ends a key within a second, though it was just used', async () => {
    const { made, ask } = await withKey();
    expect((await ask('/v1/usage', bearer(made.key))).status).toBe(200);
    expect((await ask(`/v1/keys/${made.id}`, { method: 'DELETE' })).status).toBe(204);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await ask('/v1/usage', bearer(made.key))).status).toBe(401);
    expect(await (await ask(`/v1/keys/${made.id}`)).json()).toMatchObject({ status: 'revoked' });
  });

  test('said twice is said once', async () => {
    const { made, ask } = await withKey();
    for (const _ of [1, 2]) expect((await ask(`/v1/keys/${made.id}`, { method: 'DELETE' })).status).toBe(204);
  });
});
