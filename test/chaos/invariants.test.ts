import { expect, it } from 'vitest';
import type { Books } from './books.ts';
import { checkBooks, checkBudget, holds } from './invariants.ts';

const keyId = 'key';
const job = (id: string, changes: Partial<Books['jobs'][number]> = {}): Books['jobs'][number] => ({
  id,
  keyId,
  state: 'succeeded',
  fence: 1,
  pictures: 1,
  chargedMicros: 10,
  reservedMicros: 0,
  error: null,
  ...changes,
});

/** Sound books of these jobs. */
function booksOf(...jobs: Books['jobs'][number][]): Books {
  const done = jobs.filter(({ state }) => state === 'succeeded');
  return {
    jobs,
    usage: done.map(({ id }) => ({ jobId: id, item: 'picture:0', micros: 10 })),
    outputs: done.map(({ id, fence }) => ({ jobId: id, objectKey: `out/${id}/${fence}/0.png` })),
    outbox: jobs.map(({ id, state }) => ({ subjectId: id, topic: `job.${state}` })),
    budgets: [{ holderId: keyId, capMicros: 20, spentMicros: done.length * 10, reservedMicros: 0 }],
    objects: done.map(({ id, fence }) => `out/${id}/${fence}/0.png`),
  };
}

const sound = booksOf(job('a'), job('b'));
const told = { keyId, submissions: 2, jobIds: ['a', 'b'], poisoned: [] };

/** Names of the broken invariants, with the jobs that break them. */
const broken = (books: Books, changes: Partial<typeof told> = {}) =>
  checkBooks(books, { ...told, ...changes })
    .filter((check) => !holds(check))
    .map(({ name, offenders }) => [name, ...offenders]);

it('finds nothing wrong in sound books, and leaves other keys alone', () => {
  expect(broken(sound)).toEqual([]);
  const foreign = job('c', { keyId: 'other', state: 'running' });
  expect(broken({ ...sound, jobs: [...sound.jobs, foreign] })).toEqual([]);
});

it('names jobs that nobody was told of, and submissions that share one', () => {
  expect(broken(booksOf(job('a'), job('b'), job('c')))).toEqual([['jobs in the books', 'c']]);
  expect(broken(sound, { submissions: 3, jobIds: ['a', 'b', 'b'] })).toEqual([
    ['submissions with one job each', 'b'],
  ]);
});

it('names jobs that did not end', () => {
  const books = booksOf(job('a'), job('b', { state: 'running' }));
  const open = { ...books, outbox: books.outbox.filter(({ subjectId }) => subjectId === 'a') };
  expect(broken(open)).toEqual([['jobs that ended', 'b']]);
});

it('names failed jobs with their reasons, unless two workers were killed under them', () => {
  const books = booksOf(job('a'), job('b', { state: 'failed', error: '{"code":"internal"}' }));
  expect(broken(books)).toEqual([['failed by no fault of theirs', 'b failed {"code":"internal"}']]);
  expect(checkBooks(books, { ...told, poisoned: ['b'] }).every(holds)).toBe(true);
});

it('names jobs that were billed twice or not at all', () => {
  const [first] = sound.usage;
  const second = { jobId: 'a', item: 'picture:1', micros: 10 };
  expect(broken({ ...sound, usage: [...sound.usage, second] })).toEqual([
    ['usage rows', 'a'],
    ['jobs billed twice', 'a'],
  ]);
  expect(broken({ ...sound, usage: first ? [first] : [] })).toEqual([['usage rows', 'b']]);
});

it('names jobs whose picture is missing, and those that were not told or told twice', () => {
  expect(broken({ ...sound, objects: ['out/a/1/0.png'] })).toEqual([['pictures that are stored', 'b']]);
  const tidings = [...sound.outbox, { subjectId: 'a', topic: 'job.failed' }];
  expect(broken({ ...sound, outbox: tidings })).toEqual([['outbox rows', 'a']]);
  expect(broken({ ...sound, outbox: [] })).toEqual([['outbox rows', 'a', 'b']]);
});

it('compares a budget with its bills and its cap', () => {
  expect(checkBudget(sound, keyId).every(holds)).toBe(true);
  const [budget] = sound.budgets;
  const changed = (changes: object) =>
    checkBudget({ ...sound, budgets: budget ? [{ ...budget, ...changes }] : [] }, keyId)
      .filter((check) => !holds(check))
      .map(({ name, found }) => [name, found]);
  expect(changed({ spentMicros: 19 })).toEqual([['micro-credits spent as billed', 19]]);
  expect(changed({ reservedMicros: 5 })).toEqual([
    ['micro-credits still reserved', 5],
    ['micro-credits above the cap', 5],
  ]);
});

it('names a job whose charge differs from its bill', () => {
  const books = { ...sound, jobs: [job('a'), job('b', { chargedMicros: 11 })] };
  expect(checkBudget(books, keyId)[0]).toMatchObject({ offenders: ['b'] });
});
