import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { FrameReader } from './frame-reader.ts';

const head = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');

/** A frame as a server sends it. */
function frame(opcode: number, text: string, isFinal = true): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([(isFinal ? 0x80 : 0) | opcode, payload.length]), payload]);
}

it('reads the messages of a real connection in both directions, long and masked ones too', async () => {
  const texts = ['short', 'x'.repeat(300), 'é'.repeat(40_000)];
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (bytes) => socket.send(String(bytes))));
  const [up, down] = [new FrameReader(), new FrameReader()];
  const seen: { up: string[]; down: string[] } = { up: [], down: [] };
  const between = createServer((client: Socket) => {
    const target = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('data', (chunk) => seen.up.push(...up.push(chunk)));
    target.on('data', (chunk) => seen.down.push(...down.push(chunk)));
    client.pipe(target).pipe(client);
  });
  between.listen(0, '127.0.0.1');
  await once(between, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(between.address() as AddressInfo).port}`, {
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  for (const text of texts) {
    socket.send(text);
    await once(socket, 'message');
  }
  socket.terminate();
  server.close();
  between.close();
  expect(seen).toEqual({ up: texts, down: texts });
});

it('puts messages together that come in pieces, with control frames and bytes between them', () => {
  const reader = new FrameReader();
  const bytes = Buffer.concat([
    head,
    frame(1, 'to', false),
    frame(9, 'ping'),
    frame(0, 'gether'),
    frame(2, 'bytes'),
    frame(1, 'next'),
  ]);
  const texts = Array.from(bytes, (_, i) => reader.push(bytes.subarray(i, i + 1))).flat();
  expect(texts).toEqual(['together', 'next']);
});

it('reads nothing behind an upgrade that was refused', () => {
  const reader = new FrameReader();
  expect(reader.push(Buffer.from('HTTP/1.1 503 Service Unavailable\r\n\r\n'))).toEqual([]);
  expect(reader.push(frame(1, 'not a frame'))).toEqual([]);
});
