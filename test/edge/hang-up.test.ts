import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import worker from '@darkroom/edge/index';
import { expect, test } from 'vitest';
import { edgeUnderTest, testEnv } from './edge-app.ts';
import { asForm, jobsOf } from './submit-stage.ts';

test('a submission is brought to its end though its client does not wait for the answer', async () => {
  const edge = await edgeUnderTest();
  const context = createExecutionContext();
  const headers = { authorization: `Bearer ${edge.key.text}` };
  const answer = worker.fetch(new Request('http://edge/v1/edits', asForm({}, headers)), testEnv, context);
  await waitOnExecutionContext(context);
  const [job] = await jobsOf(edge);
  expect(await edge.deps.pools.progress('default', [job?.id ?? ''])).toHaveProperty('size', 1);
  expect((await answer).status).toBe(202);
});
