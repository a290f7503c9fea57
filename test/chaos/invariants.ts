// What must hold of the books, whatever was killed.
import type { Books } from './books.ts';

/** One invariant: what was expected, what was found, and the jobs that break it. */
export interface Check {
  readonly name: string;
  readonly expected: number;
  readonly found: number;
  readonly offenders: readonly string[];
}

/** What clients were told. */
export interface Told {
  /** Identity of the key that sent them. */
  readonly keyId: string;
  /** Submissions, each repeated until its answer was definite. */
  readonly submissions: number;
  /** Jobs that they were given, one each. */
  readonly jobIds: readonly string[];
  /** Jobs that lost two workers to kills, which ends a job by design. */
  readonly poisoned: readonly string[];
}

const openStates = ['queued', 'starting', 'running'];

export const holds = ({ expected, found, offenders }: Check): boolean =>
  expected === found && offenders.length === 0;

/** The invariants of the jobs of one key. */
export function checkBooks(books: Books, told: Told): Check[] {
  const jobs = books.jobs.filter(({ keyId }) => keyId === told.keyId);
  const ids = new Set(jobs.map(({ id }) => id));
  const toldIds = new Set(told.jobIds);
  const ended = jobs.filter(({ state }) => !openStates.includes(state));
  const excused = new Set(told.poisoned);
  const succeeded = jobs.filter(({ state }) => state === 'succeeded');
  const failed = ended.filter(({ id, state }) => state !== 'succeeded' && !excused.has(id));
  const own = <T>(rows: readonly T[], jobOf: (row: T) => string) => rows.filter((row) => ids.has(jobOf(row)));
  const bills = own(books.usage, ({ jobId }) => jobId).map(({ jobId }) => jobId);
  const outputs = own(books.outputs, ({ jobId }) => jobId).map(({ jobId }) => jobId);
  const tidings = own(books.outbox, ({ subjectId }) => subjectId).map(({ subjectId }) => subjectId);
  const { submissions } = told;
  return [
    check('submissions with one job each', submissions, toldIds.size, twice(told.jobIds)),
    check('jobs in the books', toldIds.size, jobs.length, [...ids.symmetricDifference(toldIds)]),
    check('jobs that ended', jobs.length, ended.length, without(jobs, ended)),
    check('failed by no fault of theirs', 0, failed.length, failed.map(describe)),
    check('usage rows', succeeded.length, bills.length, oddly(succeeded, bills)),
    check('jobs billed twice', 0, twice(bills).length, twice(bills)),
    check('pictures', succeeded.length, outputs.length, oddly(succeeded, outputs)),
    check('pictures that are stored', outputs.length, storedOf(books, ids), missingOf(books, ids)),
    check('outbox rows', ended.length, tidings.length, oddly(ended, tidings)),
  ];
}

/** The invariants of a budget: what it says is what its rows say, and never above its cap. */
export function checkBudget(books: Books, holderId: string): Check[] {
  const budget = books.budgets.find((row) => row.holderId === holderId);
  const jobs = books.jobs.filter(({ keyId }) => keyId === holderId);
  const ids = new Set(jobs.map(({ id }) => id));
  const billed = books.usage.filter(({ jobId }) => ids.has(jobId)).reduce((sum, row) => sum + row.micros, 0);
  const spent = budget?.spentMicros ?? 0;
  const over = Math.max(0, spent + (budget?.reservedMicros ?? 0) - (budget?.capMicros ?? Number.MAX_VALUE));
  const wrong = jobs.filter(({ id, chargedMicros }) => chargedMicros !== billedFor(books, id));
  return [
    check(
      'micro-credits spent as billed',
      billed,
      spent,
      wrong.map(({ id }) => id),
    ),
    check('micro-credits still reserved', 0, budget?.reservedMicros ?? 0, []),
    check('micro-credits above the cap', 0, over, []),
  ];
}

export function check(name: string, expected: number, found: number, offenders: readonly string[]): Check {
  return { name, expected, found, offenders };
}

const billedFor = ({ usage }: Books, id: string) =>
  usage.filter(({ jobId }) => jobId === id).reduce((sum, { micros }) => sum + micros, 0);

function missingOf({ outputs, objects }: Books, ids: ReadonlySet<string>): string[] {
  const stored = new Set(objects);
  return outputs
    .filter(({ jobId, objectKey }) => ids.has(jobId) && !stored.has(objectKey))
    .map(({ jobId }) => jobId);
}

const storedOf = (books: Books, ids: ReadonlySet<string>) =>
  books.outputs.filter(({ jobId }) => ids.has(jobId)).length - missingOf(books, ids).length;

const describe = ({ id, state, error }: Books['jobs'][number]) =>
  `${id} ${state}${error === null ? '' : ` ${error}`}`;

type Row = { readonly id: string };

function without(all: readonly Row[], some: readonly Row[]): string[] {
  const known = new Set(some.map(({ id }) => id));
  return all.filter(({ id }) => !known.has(id)).map(({ id }) => id);
}

/** Jobs that have not exactly one row each, and jobs that have one and should not. */
function oddly(jobs: readonly Row[], rows: readonly string[]): string[] {
  const wanted = new Set(jobs.map(({ id }) => id));
  return [...new Set([...twice(rows), ...wanted.symmetricDifference(new Set(rows))])];
}

function twice(ids: readonly string[]): string[] {
  return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
}
