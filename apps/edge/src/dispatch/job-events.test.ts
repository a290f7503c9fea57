import { expect, test } from 'vitest';
import { JobFeeds } from './job-events.ts';

const now = { name: 'starting', data: {} };

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}

test('a listener hears what is known now, then everything in order, and the stream ends with the job', async () => {
  const feeds = new JobFeeds(() => 1000);
  const stream = feeds.open('a', undefined, now);
  feeds.publish('a', 'progress', { step: 1 });
  feeds.end('a', 'succeeded', { status: 'succeeded' });
  const text = await textOf(stream);
  expect(text).toBe(
    [
      ': ok\n\n',
      'id: 1000\nevent: starting\ndata: {}\n\n',
      'id: 1001\nevent: progress\ndata: {"step":1}\n\n',
      'id: 1002\nevent: succeeded\ndata: {"status":"succeeded"}\n\n',
    ].join(''),
  );
  expect(feeds.heard()).toEqual([]);
});

test('who comes back hears what it missed and nothing twice', async () => {
  const feeds = new JobFeeds(() => 1000);
  for (const step of [1, 2, 3]) feeds.publish('a', 'progress', { step });
  const stream = feeds.open('a', 1001, now);
  feeds.end('a', 'failed', {});
  expect((await textOf(stream)).match(/^id: .*/gm)).toEqual(['id: 1002', 'id: 1003']);
});

test('who heard nothing but what was known at first can go on behind it', async () => {
  const feeds = new JobFeeds(() => 1000);
  await feeds.open('a', undefined, now).cancel();
  feeds.publish('a', 'progress', { step: 1 });
  const stream = feeds.open('a', 1000, now);
  feeds.end('a', 'failed', {});
  expect((await textOf(stream)).match(/^event: .*/gm)).toEqual(['event: progress', 'event: failed']);
});

test('who has missed more than is kept begins anew with what is known now', async () => {
  const feeds = new JobFeeds(() => 1000);
  for (let step = 0; step < 40; step++) feeds.publish('a', 'progress', { step });
  const streams = [1007, 1006].map((heard) => feeds.open('a', heard, now));
  feeds.end('a', 'failed', {});
  const [whole, broken] = await Promise.all(streams.map(textOf));
  expect(whole?.match(/^id: .*/gm)).toHaveLength(33);
  expect(broken?.match(/^event: .*/gm)).toEqual(['event: starting', 'event: failed']);
});

test('a place that a listener was told at first is not told again', async () => {
  const feeds = new JobFeeds(() => 1000);
  const stream = feeds.open('a', undefined, { name: 'queued', data: { position: 2 } });
  for (const position of [2, 1]) feeds.publishPlace('a', { position });
  feeds.end('a', 'failed', {});
  expect((await textOf(stream)).match(/^data: .*/gm)?.slice(0, 2)).toEqual([
    'data: {"position":2}',
    'data: {"position":1}',
  ]);
});

test('ids grow over a loss of memory', async () => {
  const feeds = new JobFeeds(() => 1000);
  const stream = feeds.open('a', 5000, now);
  feeds.end('a', 'failed', {});
  expect((await textOf(stream)).match(/^id: .*/gm)).toEqual(['id: 5001', 'id: 5002']);
});

test('only the latest preview is kept, and a place is told only when it changes', async () => {
  const feeds = new JobFeeds(() => 1000);
  feeds.publish('a', 'starting', {});
  for (const step of [1, 2]) feeds.publish('a', 'preview', { step });
  for (const position of [2, 2, 1]) feeds.publishPlace('a', { position });
  const stream = feeds.open('a', 1000, now);
  feeds.end('a', 'failed', {});
  expect((await textOf(stream)).match(/^data: .*/gm)).toEqual([
    'data: {"step":2}',
    'data: {"position":2}',
    'data: {"position":1}',
    'data: {}',
  ]);
});
