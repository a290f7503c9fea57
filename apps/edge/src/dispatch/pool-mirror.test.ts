import { expect, test } from 'vitest';
import type { JobMove } from '../db/jobs.ts';
import { collectMs, PoolMirror } from './pool-mirror.ts';
import { jobIdOf } from './test-pool.ts';

const move = (index: number, to: JobMove['to'], nowMs = 0): JobMove => ({
  jobId: jobIdOf(index),
  to,
  fence: 1,
  nowMs,
});

/** A mirror whose time and books stand until they are let go. */
function mirror() {
  const written: (readonly JobMove[])[] = [];
  const waits: (() => void)[] = [];
  const books: { answer: Promise<void> } = { answer: Promise.resolve() };
  const mirror = new PoolMirror({
    write: async (moves) => {
      written.push(moves);
      await books.answer;
    },
    wait: (ms) => {
      expect(ms).toBe(collectMs);
      return new Promise((resolve) => waits.push(resolve));
    },
  });
  return { mirror, written, waits, books, pass: () => waits.shift()?.() };
}

test('the last moves of several jobs are written together, once their time is over', async () => {
  const { mirror: pool, written, pass } = mirror();
  const noted = [
    pool.note(move(1, 'starting')),
    pool.note(move(2, 'starting')),
    pool.note(move(1, 'running')),
  ];
  expect(written).toEqual([]);
  pass();
  await Promise.all(noted);
  expect(written).toEqual([[move(1, 'running'), move(2, 'starting')]]);
});

test('what moves while the books are written is written next', async () => {
  const { mirror: pool, written, waits, books, pass } = mirror();
  const answer = Promise.withResolvers<void>();
  books.answer = answer.promise;
  const first = pool.note(move(1, 'starting'));
  pass();
  await expect.poll(() => written).toHaveLength(1);
  await pool.note(move(1, 'running'));
  answer.resolve();
  // It waits again before it writes.
  await expect.poll(() => waits.length).toBe(1);
  pass();
  await first;
  expect(written[1]).toEqual([move(1, 'running')]);
});

test('a job that ends is left out, and tells when it began', async () => {
  const { mirror: pool, written, pass } = mirror();
  const noted = [pool.note(move(1, 'running', 7)), pool.note(move(2, 'starting', 8))];
  expect([pool.end(jobIdOf(1)), pool.end(jobIdOf(2)), pool.end(jobIdOf(3))]).toEqual([
    7,
    undefined,
    undefined,
  ]);
  pass();
  await Promise.all(noted);
  expect(written).toEqual([]);
});
