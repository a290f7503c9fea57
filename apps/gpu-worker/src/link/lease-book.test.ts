import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ReadyFrame, WorkerFrame } from '@darkroom/shared/contracts/frames';
import { makeId } from '@darkroom/shared/ids';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EndFrame } from './end-frame.ts';
import { Journal } from './journal.ts';
import { LeaseBook } from './lease-book.ts';

let folder: string;
let journal: Journal<EndFrame>;
let book: LeaseBook;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lease-book-'));
  journal = Journal.open(join(folder, 'results.jsonl'), EndFrame);
  book = new LeaseBook(introduction, journal);
});
afterEach(async () => {
  journal[Symbol.dispose]();
  await rm(folder, { recursive: true });
});

const introduction = {
  workerId: 'worker-1',
  bootId: '0b9c1c0e-6a8e-4a51-9a5d-3f5b6f0c2d11',
  pool: 'default',
  device: 'CPU, 2 threads',
  memoryMb: 512,
  slots: 2,
  models: [],
};
const lease = (n: number) => ({ jobId: makeId('job', n, new Uint8Array(10)), fence: 1 });
const running = (n: number, step = 0) => ({
  lease: { ...lease(n), step, steps: 4, etaMs: null },
  deadlineAtMs: 9,
});
const canceled = (n: number): EndFrame => ({ type: 'canceled', ...lease(n), stepsDone: 1 });
const ready = (freeSlots: number): ReadyFrame => ({ type: 'ready', freeSlots, resident: [] });

it('greets with all leases, then says their ends again, then how much room there is', () => {
  book.room(ready(1));
  book.run(running(1));
  book.run(running(2));
  book.end(canceled(1));
  const greeting = book.greeting().map((frame) => WorkerFrame.parse(frame));
  expect(greeting).toMatchObject([
    { type: 'hello', workerId: 'worker-1', leases: [lease(1), lease(2)] },
    canceled(1),
    ready(1),
  ]);
});

it('beats the leases that run, as far as they came', () => {
  book.run(running(1));
  book.run(running(1, 3));
  book.run(running(2));
  book.end(canceled(2));
  expect(WorkerFrame.parse(book.beat())).toMatchObject({ leases: [{ ...lease(1), step: 3 }] });
});

it('forgets what the pool has acknowledged', () => {
  book.run(running(1));
  book.end(canceled(1));
  expect([book.keptCount, book.endOf(lease(1))]).toEqual([1, canceled(1)]);
  book.forget(lease(1));
  expect([book.keptCount, book.endOf(lease(1))]).toEqual([0, undefined]);
  expect(book.greeting()).toMatchObject([{ type: 'hello', leases: [] }]);
});

it('tells of room when there is more, for the pool counts down by itself', () => {
  expect([2, 1, 2, 2, 0].map((freeSlots) => book.room(ready(freeSlots)))).toEqual([
    true,
    false,
    true,
    false,
    false,
  ]);
});

it('tells of the room that is left after a job was given back, because the pool counts on none then', () => {
  book.room(ready(1));
  book.end({ type: 'reject', ...lease(1), reason: 'busy' });
  expect(book.room(ready(1))).toBe(true);
});

it('offers no room while it drains', () => {
  book.room(ready(1));
  const draining = { type: 'draining', graceMs: 5 } as const;
  book.drain(draining);
  expect(book.room(ready(2))).toBe(false);
  expect(book.greeting().at(-1)).toEqual(draining);
});

it('names as many leases as a hello may', () => {
  for (let n = 0; n < 130; n++) book.run(running(n));
  expect(WorkerFrame.safeParse(book.greeting()[0]).success).toBe(true);
});
