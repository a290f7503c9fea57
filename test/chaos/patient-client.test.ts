import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { PatientClient } from './patient-client.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
afterEach(() => new Promise((resolve) => server.close(resolve)));

/** A client of a server that answers in this order. */
async function clientOf(...answers: Answer[]) {
  const keys: (string | undefined)[] = [];
  server = createServer((request, response) => {
    keys.push(String(request.headers['idempotency-key']));
    request.resume();
    answers.shift()?.(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = new AbortController();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { client: new PatientClient({ url, key: 'k', signal: stop.signal }), keys, stop };
}

const hangUp: Answer = (request) => void request.socket.destroy();
const say =
  (status: number, body: object, headers: Record<string, string> = {}): Answer =>
  (_, response) =>
    void response.writeHead(status, headers).end(JSON.stringify(body));
const problem = (status: number, code: string, retryable: boolean) => say(status, { code, retryable });
const cutShort: Answer = (request, response) => {
  response.writeHead(200, { 'content-length': '50' });
  response.write('{"id"', () => request.socket.destroy());
};

const post = { path: '/v1/edits', method: 'POST', body: {}, headers: { 'idempotency-key': 'one' } } as const;

it('repeats a request without a definite answer, always under the same key', async () => {
  const failures = [
    hangUp,
    cutShort,
    problem(503, 'unavailable', true),
    problem(409, 'idempotency_in_flight', true),
  ];
  const { client, keys } = await clientOf(...failures, say(202, { id: 'job' }));
  expect(await client.ask(post)).toEqual({ status: 202, body: { id: 'job' }, code: undefined, tries: 5 });
  expect(keys).toEqual(Array.from({ length: 5 }, () => 'one'));
});

it('takes a refusal that stays for an answer', async () => {
  const { client } = await clientOf(problem(402, 'spend_cap_reached', false));
  expect(await client.ask(post)).toMatchObject({ status: 402, code: 'spend_cap_reached', tries: 1 });
});

it('waits as long as it is told to', async () => {
  const busy = say(429, { code: 'rate_limited', retryable: true }, { 'retry-after': '1' });
  const { client } = await clientOf(busy, say(200, {}));
  const startedAt = performance.now();
  expect((await client.ask({ path: '/' })).tries).toBe(2);
  expect(performance.now() - startedAt).toBeGreaterThan(950);
});

it('gives up when it is told to', async () => {
  const { client, stop } = await clientOf(hangUp, hangUp, hangUp, hangUp);
  setTimeout(() => stop.abort(new Error('enough')), 150);
  await expect(client.ask({ path: '/' })).rejects.toThrow('enough');
});
