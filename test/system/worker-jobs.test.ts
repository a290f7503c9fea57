// A worker process, a pool and an object store: jobs as they go well and badly.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { signature } from '../support/object-store.ts';
import { poolKey, poolSecret } from '../support/pool-stand-in.ts';
import { type WorkerProcess, WorkerStage } from '../support/worker-stage.ts';

/** A busy machine starts a process in many times what it takes alone. */
const patienceMs = 180_000;
/** More steps than any test waits for. */
const endless = { steps: 150, scheduler: 'heun' };

let stage: WorkerStage;
let worker: WorkerProcess;
/** Figures that a collector got. */
const collected: string[] = [];
const collector = createServer(async (request, response) => {
  collected.push(await textOf(request));
  response.end('{}');
});
beforeAll(async () => {
  stage = await WorkerStage.open();
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  worker = stage.spawn({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  await stage.pool.until(() => stage.pool.all('ready')[0]);
}, patienceMs);
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  collector.close();
});

const lastBeat = () => stage.pool.all('beat').at(-1);
const lease = ({ jobId, fence }: { jobId: string; fence: number }) => ({ jobId, fence });

/** Waits until a job has done a step and is far from its end. */
async function underWay(jobId: string): Promise<void> {
  await stage.pool.until(() => lastBeat()?.leases.some((one) => one.jobId === jobId && one.step > 0));
}

it('introduces itself, and tells what room it has', () => {
  const [hello, ready] = stage.pool.heard;
  expect(hello).toMatchObject({
    type: 'hello',
    workerId: 'worker-1',
    pool: 'default',
    slots: 1,
    models: expect.arrayContaining([
      { id: 'darkroom/edit', sha256: null, kinds: ['edit'] },
      { id: 'tiny/edit', sha256: null, kinds: ['edit'] },
    ]),
    leases: [],
  });
  expect(ready).toEqual({ type: 'ready', freeSlots: 1, resident: [] });
});

it(
  'runs an edit: reads the photo, beats its steps, shows previews, stores the picture and says what it took',
  async () => {
    const offer = stage.offer({ job: { steps: 4 }, frame: { previewEvery: 2 } });
    await stage.pool.say(offer);
    const done = await stage.pool.next('done', offer.jobId);
    const picture = stage.store.objects.get(offer.outputs[0]?.key ?? '') as Uint8Array;
    expect(done).toMatchObject({
      ...lease(offer),
      outputs: [
        {
          key: offer.outputs[0]?.key,
          sha256: createHash('sha256').update(picture).digest('hex'),
          sizeBytes: picture.length,
          mime: 'image/png',
          width: 90,
          height: 60,
        },
      ],
      model: { id: 'tiny/edit', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      metrics: { steps: 4 },
    });
    expect(done.metrics.computeMs).toBeGreaterThan(0);
    expect(done.metrics.loadMs).toBeGreaterThan(0);
    expect(done.metrics.peakMemoryMb).toBeGreaterThan(0);
    expect(await decodeImage(picture)).toMatchObject({ width: 90, height: 60 });
    expect(stage.store.requests.at(-1)).toMatchObject({
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
    });
    expect(stage.pool.previews).toHaveLength(1);
    expect(Buffer.from(stage.pool.previews[0] as Uint8Array).toString('latin1', 8, 12)).toBe('WEBP');
    await stage.pool.until(() => stage.pool.all('ready').at(-1)?.resident.includes('tiny/edit'));
    expect(stage.pool.faults).toEqual([]);
  },
  patienceMs,
);

it(
  'stops a canceled job within a step and says how many it did',
  async () => {
    const offer = stage.offer({ job: endless });
    await stage.pool.say(offer);
    await underWay(offer.jobId);
    const before = lastBeat()?.leases[0]?.step ?? 0;
    await stage.pool.say({ type: 'cancel', ...lease(offer) });
    const canceled = await stage.pool.next('canceled', offer.jobId);
    expect(canceled.stepsDone).toBeGreaterThanOrEqual(before);
    expect(canceled.stepsDone).toBeLessThan(299);
    expect(stage.store.objects.has(offer.outputs[0]?.key ?? '')).toBe(false);
  },
  patienceMs,
);

it(
  'takes one job a slot and gives the next offer back at once; the same offer again is accepted again',
  async () => {
    const offer = stage.offer({ job: endless });
    const other = stage.offer();
    await stage.pool.say(offer);
    await stage.pool.say(other);
    await stage.pool.say(offer);
    expect(await stage.pool.next('reject', other.jobId)).toMatchObject({ reason: 'busy' });
    await stage.pool.until(
      () => stage.pool.all('accept').filter(({ jobId }) => jobId === offer.jobId).length === 2,
    );
    await stage.pool.say({ type: 'cancel', ...lease(offer) });
    await stage.pool.next('canceled', offer.jobId);
    await stage.pool.say({ ...offer, fence: 2 });
    await stage.pool.until(() =>
      stage.pool.all('accept').some((one) => one.jobId === offer.jobId && one.fence === 2),
    );
    await stage.pool.say(offer);
    expect(await stage.pool.next('reject', offer.jobId)).toMatchObject({ fence: 1 });
    await stage.pool.say({ type: 'cancel', jobId: offer.jobId, fence: 2 });
    await stage.pool.until(() =>
      stage.pool.all('canceled').some((one) => one.jobId === offer.jobId && one.fence === 2),
    );
  },
  patienceMs,
);

it(
  'asserts its lease when the socket drops in the middle of a job, and delivers the result over the next one',
  async () => {
    const offer = stage.offer({ job: { steps: 60 } });
    await stage.pool.say(offer);
    await underWay(offer.jobId);
    const connections = stage.pool.all('hello').length;
    stage.pool.cut();
    const hello = await stage.pool.until(() => stage.pool.all('hello')[connections]);
    expect(hello.leases).toEqual([lease(offer)]);
    expect(hello.bootId).toBe(stage.pool.all('hello')[0]?.bootId);
    expect(await stage.pool.next('done', offer.jobId)).toMatchObject({ metrics: { steps: 60 } });
  },
  patienceMs,
);

it(
  'drops a job whose lease is revoked, without a word',
  async () => {
    const offer = stage.offer({ job: endless });
    await stage.pool.say(offer);
    await underWay(offer.jobId);
    const readies = stage.pool.all('ready').length;
    await stage.pool.say({ type: 'revoke', ...lease(offer) });
    await stage.pool.until(() => stage.pool.all('ready').length > readies);
    const ends = stage.pool.heard.filter((one) => 'jobId' in one && one.jobId === offer.jobId);
    expect(ends.map(({ type }) => type)).toEqual(['accept']);
  },
  patienceMs,
);

it.each([
  [
    'an input with other bytes',
    { job: { image: { key: 'in/photo', sha256: '0'.repeat(64), sizeBytes: 0, mime: 'image/png' } } },
    {
      class: 'permanent',
      code: 'image_corrupt',
      detail: expect.stringMatching(/^image: expected SHA-256 000/),
    },
  ],
  [
    'an input that is not stored',
    { frame: { inputs: { 'in/photo': 'nowhere' } } },
    { class: 'permanent', code: 'not_found', detail: 'image: nothing is stored' },
  ],
  [
    'a model that is not installed',
    { job: { model: 'apps/edge' } },
    { class: 'permanent', code: 'model_required', detail: expect.stringContaining('the model apps/edge') },
  ],
  [
    'a deadline that has passed',
    { frame: { deadlineInMs: 0 } },
    { class: 'permanent', code: 'expired', detail: expect.any(String) },
  ],
])('fails %s for good', async (_, wish, failure) => {
  const { job, frame } = wish as { job?: { image?: object }; frame?: { inputs?: object } };
  const offer = stage.offer({
    job: { ...job, ...(job?.image && { image: { ...job.image, sizeBytes: stage.photo.length } }) },
    frame: { ...frame, ...(frame?.inputs && { inputs: { 'in/photo': stage.store.url('nowhere') } }) },
  });
  await stage.pool.say(offer);
  expect(await stage.pool.next('fail', offer.jobId)).toMatchObject({ ...failure, stepsDone: 0 });
});

it(
  'stores the picture although the store fails twice',
  async () => {
    const offer = stage.offer();
    stage.store.failures.push({ method: 'PUT', status: 503 }, { method: 'PUT', status: 500 });
    await stage.pool.say(offer);
    await stage.pool.next('done', offer.jobId);
    const puts = stage.store.requests.filter(({ key }) => key === offer.outputs[0]?.key);
    expect(puts.map(({ status }) => status)).toEqual([503, 500, 200]);
  },
  patienceMs,
);

it.each([
  ['is no JSON', '{', 1008, /^frame: expected JSON$/],
  ['breaks the contract', '{"type":"offer"}', 1008, /^frame: version: /],
  ['is too large', ' '.repeat(300_000), 1009, /^/],
])('closes the connection on a frame that %s, and dials again', async (_, text, code, reason) => {
  const closes = stage.pool.closes.length;
  const hellos = stage.pool.all('hello').length;
  await stage.pool.say(text);
  const close = await stage.pool.until(() => stage.pool.closes[closes]);
  expect(close).toEqual({ code, reason: expect.stringMatching(reason) });
  await stage.pool.until(() => stage.pool.all('hello').length > hellos);
});

it('answers with its health and its figures, on this machine alone', async () => {
  const port = worker.log.find(({ message }) => message === 'health and metrics answer')?.['port'];
  const health = await fetch(`http://127.0.0.1:${port}/healthz`);
  expect([health.status, await health.json()]).toEqual([200, { status: 'ready' }]);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(text).toMatch(/^darkroom_worker_jobs_total\{kind="edit",outcome="done"\} 3$/m);
  expect(text).toMatch(/^darkroom_worker_slots_busy 0$/m);
  expect(text).toMatch(/^darkroom_worker_connected 1$/m);
  expect(text).toMatch(/^darkroom_worker_leases 0$/m);
  expect(text).toMatch(/^darkroom_worker_models_resident 1$/m);
  expect(text).toMatch(/^darkroom_worker_model_hits_total [1-9]/m);
  expect(text).toMatch(/^darkroom_worker_decoder_starts_total [1-9]/m);
  expect(text).toMatch(/^darkroom_worker_failures_total\{code="image_corrupt"\} 1$/m);
  for (const stage of ['load', 'read', 'decode', 'run', 'store'])
    expect(text).toMatch(new RegExp(`^darkroom_worker_stage_seconds_count\\{stage="${stage}"\\} 3$`, 'm'));
});

it(
  'lets a running job end when it is told to stop, refuses new ones, and leaves with a good-bye',
  async () => {
    const offer = stage.offer({ job: { steps: 40 } });
    await stage.pool.say(offer);
    await underWay(offer.jobId);
    worker.signal('SIGTERM');
    await stage.pool.until(() => stage.pool.all('draining')[0]);
    const late = stage.offer();
    await stage.pool.say(late);
    expect(await stage.pool.next('reject', late.jobId)).toMatchObject({ reason: 'draining' });
    await stage.pool.next('done', offer.jobId);
    expect(await worker.exit()).toBe(0);
    expect(stage.pool.closes.at(-1)).toEqual({ code: 1001, reason: 'the worker stops' });
    expect(stage.pool.faults).toEqual([]);
  },
  patienceMs,
);

it('tells the collector how it stood when it stopped', () => {
  const { resourceMetrics } = JSON.parse(collected.at(-1) ?? '');
  const figures = new Map(
    resourceMetrics[0].scopeMetrics[0].metrics.map((one: { name: string }) => [one.name, one]),
  );
  expect(figures.get('darkroom_worker_draining')).toMatchObject({ gauge: { dataPoints: [{ asDouble: 1 }] } });
  expect(figures.get('darkroom_worker_jobs_total')).toMatchObject({ sum: { isMonotonic: true } });
});

it('logs every line as JSON with job and request, and no secret', () => {
  const accepted = worker.log.find(({ message }) => message === 'accepted');
  expect(accepted).toMatchObject({
    level: 'info',
    job: expect.stringMatching(/^job_/),
    request: 'request-1',
  });
  for (const secret of [signature, poolKey, poolSecret]) expect(worker.output).not.toContain(secret);
});
