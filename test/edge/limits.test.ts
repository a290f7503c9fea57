import { expect, test } from 'vitest';
import { edgeUnderTest } from './edge-app.ts';

/** Figures of a `RateLimit` field. */
function limitOf({ headers }: Response): { readonly left: number; readonly seconds: number } {
  const [, left, seconds] = /^"default";r=(\d+);t=(\d+)$/.exec(headers.get('ratelimit') ?? '') ?? [];
  return { left: Number(left), seconds: Number(seconds) };
}

test('of many requests at once as many pass as the key may make, and each is told a number of its own', async () => {
  const { ask } = await edgeUnderTest({ limits: { requestsPerMinute: 10 } });
  const answers = await Promise.all(Array.from({ length: 25 }, () => ask('/v1/keys')));
  const passed = answers.filter(({ status }) => status === 200);
  const refused = answers.filter(({ status }) => status === 429);
  expect([passed.length, refused.length]).toEqual([10, 15]);
  const left = passed.map((answer) => limitOf(answer).left);
  expect(left.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  for (const answer of answers) expect(answer.headers.get('ratelimit-policy')).toBe('"default";q=10;w=60');
  for (const answer of refused) {
    expect(limitOf(answer)).toEqual({ left: 0, seconds: Number(answer.headers.get('retry-after')) });
    expect(limitOf(answer).seconds).toBeGreaterThan(0);
    expect(limitOf(answer).seconds).toBeLessThanOrEqual(6);
  }
});

test('what one key asks for costs another nothing', async () => {
  const busy = await edgeUnderTest({ limits: { requestsPerMinute: 1 } });
  const other = await edgeUnderTest({ project: busy.project });
  await busy.ask('/v1/keys');
  expect((await busy.ask('/v1/keys')).status).toBe(429);
  expect(limitOf(await other.ask('/v1/keys')).left).toBe(599);
});

test('what asks for no key is not counted', async () => {
  const { ask } = await edgeUnderTest({ limits: { requestsPerMinute: 1 } });
  for (let asked = 0; asked < 5; asked++) {
    const answer = await ask('/healthz');
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, null]);
  }
});
