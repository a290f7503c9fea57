import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { Client } from './client.ts';

const id = 'job_01m8916xvysq6yd2kxvg61y4wq';
const progress = { position: 0, step: 1, steps: 2, pct: 50, etaMs: null };
const job = {
  id,
  kind: 'edit',
  status: 'queued',
  outputs: [],
  prompt: { original: 'snow', enhanced: null },
  seed: 1,
  model: { id: 'darkroom/edit', sha256: null },
  progress,
  usage: { microCredits: 0, priceId: 'free' },
  createdAt: '2026-11-25T09:39:56.597Z',
  startedAt: null,
  cancelRequestedAt: null,
  finishedAt: null,
  eraseAt: null,
};

interface Heard {
  readonly line: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
type Answer = (response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

/** A platform that gives each answer once, in order; the last one again and again. */
async function platform(answers: (origin: string) => readonly Answer[]) {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    heard.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    const list = answers(origin);
    list[Math.min(heard.length, list.length) - 1]?.(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close().closeAllConnections());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: new Client({ url: origin, key: 'secret' }), heard, origin };
}

const photo = (sizeBytes: number) =>
  ({ image: { bytes: new Uint8Array(sizeBytes), mime: 'image/png' } }) as const;
const hangUp: Answer = (response) => void response.destroy();
const events =
  (text: string, end: Answer = (response) => void response.end()): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(text, () => end(response));
  };
const told = (eventId: number, name: string, data: unknown) =>
  `id: ${eventId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

const wish = { prompt: 'snow', steps: 2, region: { text: 'the car' }, seed: undefined };

it('sends a photo and its wish as one form, and the same request again when the answer is lost', async () => {
  const { client, heard } = await platform(() => [hangUp, json(202, job)]);
  expect(await client.submit({ kind: 'edit', pictures: photo(3), wish })).toMatchObject({ id });
  expect(heard.map(({ line }) => line)).toEqual(['POST /v1/edits', 'POST /v1/edits']);
  const [first, second] = heard;
  expect(first?.headers['idempotency-key']).toBe(second?.headers['idempotency-key']);
  expect(second?.headers.authorization).toBe('Bearer secret');
  const form = second?.body.toString('latin1');
  for (const part of ['name="image"', 'Content-Type: image/png', 'name="prompt"\r\n\r\nsnow', 'name="steps"'])
    expect(form).toContain(part);
  expect(form).toContain('name="region"\r\n\r\n{"text":"the car"}');
  expect(form).not.toContain('seed');
});

it('sends a large photo to an address of its own, without the key', async () => {
  const asset = 'asset_01m8916xvysq6yd2kxvg61y4wq';
  const view = { id: asset, status: 'awaiting', mime: 'image/png', width: null, height: null, bytes: 1 };
  const more = { sha256: null, url: null, expiresAt: null, createdAt: job.createdAt, eraseAt: null };
  const { client, heard } = await platform((origin) => {
    const headers = { 'content-type': 'image/png', 'content-length': '1' };
    const upload = { url: `${origin}/put`, method: 'PUT', headers, expiresAt: job.createdAt };
    const answer = json(201, { ...view, ...more, upload });
    return [answer, json(200, {}), answer, json(202, job)];
  });
  await client.submit({ kind: 'edit', pictures: photo(32 * 2 ** 20 + 1), wish: { prompt: 'snow' } });
  const lines = ['POST /v1/assets', 'PUT /put', `POST /v1/assets/${asset}/finalize`, 'POST /v1/edits'];
  expect(heard.map(({ line }) => line)).toEqual(lines);
  expect(heard[1]?.headers.authorization).toBeUndefined();
  expect(heard[1]?.body.length).toBe(32 * 2 ** 20 + 1);
  expect(JSON.parse(String(heard[3]?.body))).toEqual({ prompt: 'snow', image: asset });
});

it('follows a job to its end, over a lost connection, behind the last event that it heard', async () => {
  const { client, heard } = await platform(() => [
    events(`: ok\n\n${told(7, 'queued', progress)}`, hangUp),
    events(told(8, 'progress', progress) + told(9, 'news of later versions', {})),
    events(told(10, 'succeeded', { id, status: 'succeeded' })),
  ]);
  const news = [];
  for await (const piece of client.follow(id)) news.push(piece);
  expect(news).toEqual([
    { kind: 'progress', state: 'queued', progress },
    { kind: 'progress', state: 'running', progress },
    { kind: 'end', status: 'succeeded' },
  ]);
  expect(heard.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '7', '9']);
});

it('tells a refusal as the platform does, with when to come again', async () => {
  const problem = {
    type: 'urn:darkroom:problem:rate_limited',
    title: 'Too many requests',
    status: 429,
    detail: 'as many jobs wait as the pool has room for',
    code: 'rate_limited',
    requestId: 'r1',
    retryable: true,
  };
  const { client } = await platform(() => [json(429, problem, { 'retry-after': '3' })]);
  await expect(client.job(id)).rejects.toMatchObject({
    code: 'rate_limited',
    message: 'as many jobs wait as the pool has room for; try again in 3 s',
    details: { requestId: 'r1' },
  });
});

it('says so when what answers is no platform, or nothing does', async () => {
  const { client, origin } = await platform(() => [json(404, { hello: 'world' })]);
  const message = `${origin}: expected an answer of a platform, got status 404`;
  await expect(client.job(id)).rejects.toMatchObject({ code: 'internal', message });
  closing.pop()?.();
  const unreachable = `no answer from ${origin} (ECONNREFUSED)`;
  await expect(client.job(id)).rejects.toMatchObject({ code: 'unavailable', message: unreachable });
});

it('refuses a picture that is not the one that was made', async () => {
  const { client, origin } = await platform(() => [json(200, 'picture')]);
  const output = { url: `${origin}/o`, width: 1, height: 1, mime: 'image/png', bytes: 9 } as const;
  const told = { ...output, expiresAt: job.createdAt, sha256: 'a'.repeat(64) };
  await expect(client.download(told)).rejects.toThrow(/came damaged/);
  const sha256 = createHash('sha256').update('"picture"').digest('hex');
  expect(Buffer.from(await client.download({ ...told, sha256 })).toString()).toBe('"picture"');
});

it('stops when its caller does, with the caller’s reason', async () => {
  const stop = new AbortController();
  const { client } = await platform(() => [events(told(7, 'queued', progress), () => stop.abort('enough'))]);
  const follow = async () => {
    for await (const _ of client.follow(id, { signal: stop.signal }));
  };
  await expect(follow()).rejects.toBe('enough');
});
