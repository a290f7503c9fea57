import { expect, it } from 'vitest';
import { readEvents } from './event-stream.ts';

async function eventsOf(...chunks: (string | Uint8Array)[]) {
  const bytes = chunks.map((chunk) => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of bytes) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

it('reads events wherever the chunks end, and leaves out comments and what is not complete', async () => {
  const chunks = [
    ': ok\n\nid: 7\nev',
    'ent: progress\ndata: {"step":1}\n',
    '\n: still here\n\nid: 8\ndata: lost',
  ];
  expect(await eventsOf(...chunks)).toEqual([{ id: '7', name: 'progress', text: '{"step":1}' }]);
});

it('joins the lines of one event and knows it without id and name', async () => {
  expect(await eventsOf('data: a\r\ndata:b\r\n\r\n')).toEqual([
    { id: undefined, name: 'message', text: 'a\nb' },
  ]);
});

it('puts characters together that chunks cut', async () => {
  const bytes = new TextEncoder().encode('data: 雪\n\n');
  expect(await eventsOf(bytes.slice(0, 7), bytes.slice(7))).toMatchObject([{ text: '雪' }]);
});
