import { jobs } from '@darkroom/edge/db/schema';
import { doneOf } from '@darkroom/edge/dispatch/test-pool';
import { JobList } from '@darkroom/shared/contracts/job-list';
import { GenerateRequest } from '@darkroom/shared/contracts/job-request';
import type { JobId } from '@darkroom/shared/ids';
import { eq } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { png, pngSha256 } from './assets-stage.ts';
import { edgeUnderTest } from './edge-app.ts';
import { admit, enqueue, eventNames, finish, jobMicros, jobOf, openPool, see } from './jobs-stage.ts';

describe('a job that is done', () => {
  test('is shown with its pictures, its price and its end', async () => {
    const edge = await edgeUnderTest();
    const id = await admit(edge, { seed: 7 });
    const key = await finish(edge, id);
    const answer = await edge.ask(`/v1/jobs/${id}`);
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    const view = await jobOf(answer);
    expect(view).toMatchObject({
      id,
      kind: 'edit',
      status: 'succeeded',
      outputs: [{ width: 6, height: 4, mime: 'image/png', bytes: png.length, sha256: pngSha256 }],
      prompt: { original: 'make it snow', enhanced: null },
      seed: 7,
      model: { id: 'darkroom/edit', sha256: 'b'.repeat(64) },
      progress: { position: 0, step: 10, steps: 10, pct: 100, etaMs: 0 },
      usage: { microCredits: jobMicros, priceId: '2026-11' },
      cancelRequestedAt: null,
      eraseAt: null,
    });
    expect(view.error).toBeUndefined();
    expect(view.finishedAt).not.toBeNull();
    const url = new URL(view.outputs[0]?.url ?? '');
    expect(url.pathname).toBe(`/darkroom-images/${key}`);
    expect(url.searchParams.get('X-Amz-Signature')).toMatch(/^[0-9a-f]{64}$/);
    expect(await new Response(await edge.deps.images.read(key)).bytes()).toEqual(png);
  });

  test('has addresses that end no later than it is kept', async () => {
    const edge = await edgeUnderTest();
    const [forever, soon] = [await admit(edge), await admit(edge, { eraseAtMs: edge.deps.nowMs() + 90_000 })];
    for (const id of [forever, soon]) await finish(edge, id);
    const lastsMs = async (id: JobId) =>
      Date.parse((await see(edge, id)).outputs[0]?.expiresAt ?? '') - Date.now();
    expect(await lastsMs(forever)).toBeGreaterThan(3_500_000);
    expect(await lastsMs(soon)).toBeLessThanOrEqual(90_000);
  });

  test('tells why its prompt was reworded, what the model heard beside it, and what its mask kept', async () => {
    const edge = await edgeUnderTest();
    const prompt = {
      original: 'make it snow',
      enhanced: 'add snow',
      notes: ['Worded as the model knows it.'],
      negative: 'rain',
    };
    const id = await admit(edge, { prompt });
    const maskReport = { insidePixels: 4, outsidePixels: 20, changedOutside: 0, lossless: true };
    await finish(edge, id, { maskReport });
    const view = await see(edge, id);
    expect(view.prompt).toEqual(prompt);
    expect(view.outputs[0]?.maskReport).toEqual(maskReport);
  });
});

describe('a job that is open', () => {
  test('is as far as its pool says', async () => {
    const [edge, stage] = [await edgeUnderTest(), await openPool()];
    const [first, second] = [await enqueue(edge, stage), await enqueue(edge, stage)];
    expect((await see(edge, first)).progress).toMatchObject({ position: 0, step: 0 });
    expect((await see(edge, second)).progress.position).toBe(1);
    const worker = await stage.join();
    const { jobId, fence } = await worker.next('offer');
    worker.say({ type: 'accept', jobId, fence });
    worker.say({ type: 'beat', leases: [{ jobId, fence, step: 3, steps: 12, etaMs: 900 }] });
    await expect
      .poll(() => see(edge, first))
      .toMatchObject({
        status: 'running',
        outputs: [],
        progress: { position: 0, step: 3, steps: 12, pct: 25, etaMs: 900 },
        usage: { microCredits: 0 },
        startedAt: expect.stringMatching(/Z$/),
        finishedAt: null,
      });
  });

  test('is shown when no pool has it', async () => {
    const edge = await edgeUnderTest();
    expect(await see(edge, await admit(edge))).toMatchObject({
      status: 'queued',
      progress: { position: 0, step: 0, steps: 10, pct: 0, etaMs: null },
      startedAt: null,
      finishedAt: null,
    });
  });
});

describe('the list', () => {
  const ids = async (answer: Response) => {
    const { jobs: listed, next } = JobList.parse(await answer.json());
    return { ids: listed.map(({ id }) => id), next };
  };

  test('goes from the newest to the oldest, page by page', async () => {
    const edge = await edgeUnderTest();
    const made: JobId[] = [];
    for (let n = 0; n < 5; n++) made.unshift(await admit(edge));
    const seen: string[] = [];
    for (let path: string | undefined = '/v1/jobs?limit=2'; path; ) {
      const page = await ids(await edge.ask(path));
      seen.push(...page.ids);
      path = page.next === null ? undefined : `/v1/jobs?limit=2&after=${page.next}`;
    }
    expect(seen).toEqual(made);
    expect(await ids(await edge.ask('/v1/jobs?limit=5'))).toEqual({ ids: made, next: null });
  });

  test('can be narrowed to a state and a kind, and shows pictures', async () => {
    const edge = await edgeUnderTest();
    const [open, done] = [await admit(edge), await admit(edge)];
    await finish(edge, done);
    const request = GenerateRequest.parse({ kind: 'generate', prompt: 'a harbour' });
    const generated = await admit(edge, { kind: 'generate', request });
    const listed = async (query: string) => (await ids(await edge.ask(`/v1/jobs?${query}`))).ids;
    expect(await listed('status=queued')).toEqual([generated, open]);
    expect(await listed('kind=edit')).toEqual([done, open]);
    expect(await listed('status=succeeded&kind=edit')).toEqual([done]);
    expect(await listed('status=succeeded&kind=generate')).toEqual([]);
    const { jobs: shown } = JobList.parse(await (await edge.ask('/v1/jobs?status=succeeded')).json());
    expect(shown).toMatchObject([{ id: done, outputs: [{ sha256: pngSha256 }] }]);
  });
});

describe('the events of a job', () => {
  test('are streamed up to its end', async () => {
    const [edge, stage] = [await edgeUnderTest(), await openPool()];
    const id = await enqueue(edge, stage);
    const answer = await edge.ask(`/v1/jobs/${id}/events`);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const text = answer.text();
    const worker = await stage.join();
    const { jobId, fence } = await worker.next('offer');
    worker.say({ type: 'accept', jobId, fence }, doneOf({ jobId, fence }));
    const names = eventNames(await text);
    expect([names[0], names.at(-1)]).toEqual(['queued', 'succeeded']);
  });

  test('go on behind the last one that came', async () => {
    const [edge, stage] = [await edgeUnderTest(), await openPool()];
    const id = await enqueue(edge, stage);
    const first = await edge.ask(`/v1/jobs/${id}/events`);
    const worker = await stage.join();
    const { jobId, fence } = await worker.next('offer');
    worker.say({ type: 'accept', jobId, fence });
    const reader = first.body?.pipeThrough(new TextDecoderStream()).getReader();
    let heard = '';
    while (!/event: starting\n.*\n\n/.test(heard)) heard += (await reader?.read())?.value ?? '';
    await reader?.cancel();
    const lastEventId = /id: (\d+)\nevent: starting/.exec(heard)?.[1] ?? '';
    worker.say({ type: 'beat', leases: [{ jobId, fence, step: 3, steps: 12, etaMs: null }] });
    const headers = { 'last-event-id': lastEventId };
    const second = await edge.ask(`/v1/jobs/${id}/events`, { headers });
    worker.say(doneOf({ jobId, fence }));
    const text = await second.text();
    expect(eventNames(text)).toEqual(['progress', 'succeeded']);
    for (const [, eventId] of text.matchAll(/^id: (\d+)/gm))
      expect(Number(eventId)).toBeGreaterThan(Number(lastEventId));
  });

  test('are the last one alone when it has ended', async () => {
    const edge = await edgeUnderTest();
    const id = await admit(edge);
    await finish(edge, id);
    const text = await (await edge.ask(`/v1/jobs/${id}/events`)).text();
    expect(text).toMatch(/^id: \d+\nevent: succeeded\ndata: .*\n\n$/);
    expect(JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '')).toEqual({ id, status: 'succeeded' });
  });
});

test('a deleted job is gone with its pictures, and what it cost stays', async () => {
  const edge = await edgeUnderTest();
  const id = await admit(edge);
  const key = await finish(edge, id);
  expect((await edge.ask(`/v1/jobs/${id}`, { method: 'DELETE' })).status).toBe(204);
  for (const method of ['GET', 'DELETE'])
    expect((await edge.ask(`/v1/jobs/${id}`, { method })).status).toBe(404);
  expect(await edge.deps.images.head(key)).toBeUndefined();
  expect(await edge.deps.db.select().from(jobs).where(eq(jobs.id, id))).toEqual([]);
  const { items } = (await (await edge.ask('/v1/usage')).json()) as { items: unknown[] };
  expect(items).toMatchObject([{ jobs: 1, microCredits: jobMicros }]);
});
