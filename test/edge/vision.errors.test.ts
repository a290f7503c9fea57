import { ClientTokenView } from '@darkroom/shared/contracts/client-token';
import { Problem } from '@darkroom/shared/contracts/problem';
import { describe, expect, test } from 'vitest';
import { pngHeader } from '../support/picture-headers.ts';
import { viewOf as assetOf, file, json, store } from './assets-stage.ts';
import { edgeUnderTest } from './edge-app.ts';
import { asJson, jobsOf } from './submit-stage.ts';
import { asLookForm } from './vision-stage.ts';

const problemOf = async (answer: Response): Promise<Problem> => Problem.parse(await answer.json());

describe('a bad prompt', () => {
  test.each([
    ['/v1/segmentations', 'points.0.x', { points: [{ x: -1, y: 4 }] }],
    ['/v1/segmentations', 'points', { points: Array.from({ length: 33 }, () => ({ x: 1, y: 1 })) }],
    ['/v1/segmentations', 'box', { box: [3, 1, 3, 4] }],
    ['/v1/segmentations', 'text', { text: ' ' }],
    ['/v1/detections', 'queries', {}],
    ['/v1/detections', 'queries.0', { queries: [''] }],
    ['/v1/detections', 'limit', { queries: ['dog'], limit: 300, labelMaps: true }],
    ['/v1/captions', 'beams', { beams: 0 }],
    ['/v1/similarities', 'texts', { texts: [] }],
    ['/v1/edits', 'region', { prompt: 'make it red', region: { feather: 3 } }],
    ['/v1/edits', 'region.box', { prompt: 'make it red', region: { box: [5, 5, 1, 1] } }],
  ])('to %s is refused naming %s, as JSON and as a form', async (path, field, wish) => {
    const edge = await edgeUnderTest();
    const { id: image } = await store(edge);
    for (const init of [asJson({ image, ...wish }), asLookForm({ wish })]) {
      const answer = await edge.ask(path, init);
      expect(answer.status).toBe(400);
      const problem = await problemOf(answer);
      expect(problem).toMatchObject({ code: 'invalid_request', details: { issues: [{ field }] } });
      expect(problem.detail).toContain(`${field}: `);
    }
    expect(await jobsOf(edge)).toEqual([]);
  });

  test('of a mask of another size is refused naming it', async () => {
    const edge = await edgeUnderTest();
    const { id: image } = await store(edge);
    const { id: mask } = await assetOf(await edge.ask('/v1/assets', file(pngHeader(7, 4))));
    const answer = await edge.ask('/v1/segmentations', asJson({ image, mask }));
    expect(answer.status).toBe(400);
    expect(await problemOf(answer)).toMatchObject({ details: { field: 'mask' } });
  });
});

test('what no model can is refused with the command that fetches one', async () => {
  const edge = await edgeUnderTest();
  const { id: image } = await store(edge);
  const answer = await edge.ask('/v1/similarities', asJson({ image, texts: ['a dog'] }));
  expect(answer.status).toBe(409);
  expect(await problemOf(answer)).toMatchObject({
    code: 'model_required',
    details: { field: 'model', command: 'npm run models -- pull openai/clip-vit-large-patch14' },
  });
});

test('a client token of a kind submits jobs of it about its own picture, and nothing else', async () => {
  const edge = await edgeUnderTest();
  const own = await store(edge);
  const other = await assetOf(await edge.ask('/v1/assets', file(pngHeader(9, 9))));
  const answer = await edge.ask('/v1/client-tokens', json({ asset: own.id, kind: 'caption' }));
  const { token } = ClientTokenView.parse(await answer.json());
  const submit = async (path: string, body: object) =>
    (await edge.app.request(path, asJson(body, { authorization: `Bearer ${token}` }))).status;
  expect(await submit('/v1/captions', { image: own.id })).toBe(202);
  expect(await submit('/v1/captions', { image: other.id })).toBe(404);
  expect(await submit('/v1/segmentations', { image: own.id })).toBe(403);
  expect(await submit('/v1/edits', { image: own.id, prompt: 'snow' })).toBe(403);
});
