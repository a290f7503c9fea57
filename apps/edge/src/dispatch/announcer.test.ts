import { makeId } from '@darkroom/shared/ids';
import { expect, test } from 'vitest';
import { Announcer } from './announcer.ts';

const jobIds = Array.from({ length: 6 }, (_, n) => makeId('job', n, new Uint8Array(10)));

test('a few jobs are told of at once, and the others as soon as one is through', async () => {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const announcer = new Announcer({
    deliver: (jobId) => {
      begun.push(jobId);
      return new Promise<void>((resolve) => ends.push(resolve));
    },
    report: () => undefined,
  });
  const told = Promise.all(jobIds.map((jobId) => announcer.tell(jobId)));
  expect(begun).toEqual(jobIds.slice(0, 4));
  for (let n = 0; n < jobIds.length; n++) {
    await expect.poll(() => ends.length).toBeGreaterThan(n);
    ends[n]?.();
  }
  await told;
  expect(begun).toEqual(jobIds);
});

test('one that cannot be told is reported, and holds up nobody', async () => {
  const failures: unknown[] = [];
  const told: string[] = [];
  const announcer = new Announcer({
    deliver: async (jobId) => {
      if (jobId === jobIds[0]) throw new Error('no way');
      told.push(jobId);
    },
    report: (error) => failures.push(error),
  });
  await Promise.all(jobIds.map((jobId) => announcer.tell(jobId)));
  expect(failures).toEqual([new Error('no way')]);
  expect(told).toEqual(jobIds.slice(1));
});
