import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DoneFrame, OfferFrame } from '@darkroom/shared/contracts/frames';
import { makeId } from '@darkroom/shared/ids';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import { writeTinyBlip, writeTinySam } from '../../../../test/support/tiny-vision.ts';
import { decodeImage } from '../image/decode.ts';
import { encodeImage } from '../image/encode.ts';
import { cachedFolder, writeReceipt } from '../models/hub.ts';
import { MeteredStore } from './metered-store.ts';
import { ModelShelf } from './model-shelf.ts';
import { type LeaseEvent, type LeasePorts, runLease } from './run-lease.ts';

/** A busy machine takes many times what models of this size take alone. */
const patienceMs = 60_000;
let folder: string;
let ports: LeasePorts;
let photo: Uint8Array;
/** What lies in the store, by its address. */
const objects = new Map<string, Uint8Array>();
const place = (key: string) => `http://store.example/${key}`;

/** A store that keeps what it is given. */
const fetch: typeof globalThis.fetch = async (input, init) => {
  const url = String(input);
  if (init?.method !== 'PUT') return new Response(objects.get(url)?.slice());
  objects.set(url, new Uint8Array(await new Response(init.body).arrayBuffer()));
  return new Response();
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-lease-'));
  for (const [id, write] of Object.entries({ 'tiny/sam': writeTinySam, 'tiny/blip': writeTinyBlip })) {
    const modelFolder = cachedFolder(id, folder);
    await mkdir(modelFolder, { recursive: true });
    await write(modelFolder);
    await writeReceipt(modelFolder, {
      version: 1,
      id,
      revision: 'main',
      variant: null,
      files: [],
      pulledAtMs: 0,
    });
  }
  photo = await encodeImage(proceduralPhoto(90, 60), { format: 'png' });
  objects.set(place('photo'), photo);
  ports = {
    fetch,
    sleep: async () => undefined,
    now: () => performance.now(),
    shelf: new ModelShelf({ embedded: {}, cacheFolder: folder, log: () => undefined }),
    store: new MeteredStore({ budgetBytes: 1e8, threads: 1 }, () => performance.now()),
    decoder: { decode: (bytes) => decodeImage(bytes) },
    previewEvery: 0,
  };
}, patienceMs);
afterAll(async () => {
  await ports.store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

async function run(
  job: Readonly<Record<string, unknown>>,
  outputs: readonly string[],
  lent: LeasePorts = ports,
): Promise<LeaseEvent[]> {
  const id = makeId('job', 1, new Uint8Array(10));
  const sha256 = createHash('sha256').update(photo).digest('hex');
  const offer = OfferFrame.parse({
    type: 'offer',
    version: 1,
    jobId: id,
    fence: 1,
    attempt: 1,
    job: {
      version: 1,
      id,
      createdAtMs: 0,
      image: { key: 'photo', sha256, sizeBytes: photo.length, mime: 'image/png' },
      ...job,
    },
    deadlineInMs: 60_000,
    smaller: false,
    previewEvery: 0,
    inputs: { photo: place('photo') },
    outputs: outputs.map((key) => ({ key, url: place(key), mime: 'image/png' })),
    resume: null,
  });
  const events: LeaseEvent[] = [];
  for await (const event of runLease(offer, new AbortController().signal, lent)) events.push(event);
  return events;
}

it('ends a job that looks with what it found and with its picture', async () => {
  const [done] = await run({ kind: 'segment', model: 'tiny/sam', points: [{ x: 40, y: 30 }] }, ['mask']);
  expect(done).toMatchObject({
    kind: 'done',
    result: { kind: 'segment', masks: [{ rle: { size: [60, 90] } }] },
    outputs: [{ key: 'mask', mime: 'image/png', width: 90, height: 60 }],
    model: { id: 'tiny/sam' },
    metrics: { steps: 0 },
  });
  expect(await decodeImage(objects.get(place('mask')) as Uint8Array)).toMatchObject({ width: 90 });
});

it('ends a job without pictures with what it found alone, as its frame has it', async () => {
  const [done] = await run({ kind: 'caption', model: 'tiny/blip', maxTokens: 4 }, []);
  if (done?.kind !== 'done') throw new Error(`ended as ${done?.kind}`);
  const { outputs, result, model, metrics } = done;
  const lease = { jobId: makeId('job', 1, new Uint8Array(10)), fence: 1 };
  const frame = DoneFrame.parse({ type: 'done', ...lease, outputs, result, model, metrics });
  expect(frame).toMatchObject({ outputs: [], result: { kind: 'caption' }, model: { id: 'tiny/blip' } });
});

it('fails a job whose result breaks the contract, which the pool would hang up on', async () => {
  const model = { folder, caption: async () => ({ caption: 'a fox', score: Number.NaN }) };
  const opened = { id: 'odd', folder, sha256: '0'.repeat(64), model };
  const shelf: ModelShelf = Object.create(ports.shelf, { openVision: { value: async () => opened } });
  const [end] = await run({ kind: 'caption' }, [], { ...ports, shelf });
  expect(end).toMatchObject({ kind: 'fail', class: 'retryable', code: 'internal' });
});

it('says which field is to blame', async () => {
  const [end] = await run({ kind: 'segment', model: 'tiny/sam', points: [{ x: 91, y: 30 }] }, ['mask']);
  expect(end).toMatchObject({
    kind: 'fail',
    class: 'permanent',
    code: 'invalid_request',
    details: { field: 'points.0' },
  });
});

it('refuses a model that cannot do the job, and names one that is not installed', async () => {
  const [wrong] = await run({ kind: 'caption', model: 'tiny/sam' }, []);
  expect(wrong).toMatchObject({ kind: 'fail', code: 'model_unsupported' });
  const [missing] = await run({ kind: 'similarity', texts: ['a'] }, []);
  expect(missing).toMatchObject({ kind: 'fail', code: 'model_required' });
});

it('lists models that look by what they can do, and tells which are in memory', async () => {
  await run({ kind: 'segment', model: 'tiny/sam', points: [{ x: 4, y: 3 }] }, ['mask']);
  expect(await ports.shelf.list()).toEqual(
    expect.arrayContaining([
      { id: 'tiny/sam', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), kinds: ['segment'] },
      expect.objectContaining({ id: 'tiny/blip', kinds: ['caption'] }),
    ]),
  );
  expect(ports.shelf.resident(ports.store)).toContain('tiny/sam');
  await ports.store.trim();
  expect(ports.shelf.resident(ports.store)).toEqual([]);
});
