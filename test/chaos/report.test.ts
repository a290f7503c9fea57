import { expect, it } from 'vitest';
import { check } from './invariants.ts';
import { isSound, reportText } from './report.ts';

const good = {
  title: 'Under fire',
  facts: { kills: 1200, seconds: 90 },
  checks: [check('usage rows', 500, 500, [])],
};
const bad = { title: 'Drain', facts: {}, checks: [check('failed jobs', 0, 1, ['job_a failed'])] };

it('shows every invariant in a row, and the jobs that break it below', () => {
  expect(reportText([good, bad])).toBe(
    [
      '                                         expected    found',
      '',
      'Under fire: kills 1,200, seconds 90',
      '  usage rows                                  500      500  ok',
      '',
      'Drain',
      '  failed jobs                                   0        1  BROKEN',
      '      job_a failed',
    ].join('\n'),
  );
  expect([isSound([good]), isSound([good, bad])]).toEqual([true, false]);
});

it('shows a few of very many jobs', () => {
  const offenders = Array.from({ length: 23 }, (_, i) => `job ${i}`);
  const lines = reportText([{ title: 'x', facts: {}, checks: [check('y', 0, 23, offenders)] }]).split('\n');
  expect(lines.slice(-2)).toEqual(['      job 19', '      and 3 more']);
});
