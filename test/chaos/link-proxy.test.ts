import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { LeaseWatch } from './lease-watch.ts';
import { LinkProxy } from './link-proxy.ts';

const hello = {
  type: 'hello',
  version: 1,
  workerId: 'worker-1',
  bootId: '6f4f6a5e-2a0f-4d8a-9a43-0d9b0a1f7b11',
  pool: 'default',
  device: 'CPU',
  memoryMb: 1,
  slots: 1,
  models: [],
  leases: [],
};

let server: WebSocketServer;
let watch: LeaseWatch;
let proxy: LinkProxy;
let heard: string[];
beforeEach(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  heard = [];
  server.on('connection', (socket) =>
    socket.on('message', (bytes) => {
      heard.push(String(bytes));
      socket.send('{"type":"drain"}');
    }),
  );
  watch = new LeaseWatch();
  proxy = await LinkProxy.open((server.address() as AddressInfo).port, watch);
});
afterEach(async () => {
  await proxy[Symbol.asyncDispose]();
  for (const socket of server.clients) socket.terminate();
  server.close();
});

/** A worker that has said hello and heard the answer. */
async function dial(): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}`, { perMessageDeflate: false });
  await once(socket, 'open');
  socket.send(JSON.stringify(hello));
  await once(socket, 'message');
  return socket;
}

it('passes everything on, and knows the worker by its hello', async () => {
  await dial();
  expect(heard).toEqual([JSON.stringify(hello)]);
  expect(watch.faults).toEqual([]);
});

it('cuts the connections of one worker, on both sides', async () => {
  const socket = await dial();
  const [poolSide] = server.clients;
  const both = [once(socket, 'close'), once(poolSide as WebSocket, 'close')];
  expect([proxy.cut('worker-2'), proxy.cut('worker-1')]).toEqual([0, 1]);
  for (const closed of both) expect((await closed)[0]).toBe(1006);
});

it('lets nothing pass over a connection that it holds, not even its end, but hears it', async () => {
  const socket = await dial();
  proxy.hold('worker-1');
  socket.send('{"type":"beat","leases":[]}');
  const [poolSide] = server.clients;
  poolSide?.terminate();
  await wait(100);
  expect(heard).toHaveLength(1);
  expect(socket.readyState).toBe(WebSocket.OPEN);
  expect(proxy.cut('worker-1')).toBe(1);
  await once(socket, 'close');
  await dial();
});

it('refuses connections while the pool is away', async () => {
  for (const socket of server.clients) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
  const socket = new WebSocket(`ws://127.0.0.1:${proxy.port}`);
  const [fault] = await once(socket, 'error');
  expect(fault).toBeInstanceOf(Error);
});
