import { JobRequest } from '@darkroom/shared/contracts/job-request';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import { describe, expect, test } from 'vitest';
import type { JobOrder } from './job-pools.ts';
import { checkedReport } from './offer.ts';
import { doneOf, jobIdOf } from './test-pool.ts';

const lease = { jobId: jobIdOf(0), fence: 2 };
const image = `asset_${'0'.repeat(26)}`;
/** An order, as far as reports are held against it. */
const orderOf = (asked: object): JobOrder =>
  ({ job: { ...JobRequest.parse({ image, ...asked }), id: lease.jobId } }) as unknown as JobOrder;
const edit = { kind: 'edit', prompt: 'make it snow' };
const done = doneOf(lease);
const caption: JobResult = { kind: 'caption', caption: 'a fox', score: -1 };

describe('checkedReport', () => {
  test('believes what was asked for', () => {
    expect(checkedReport(done, orderOf(edit))).toBe(done);
    const said = { ...done, outputs: [], result: caption };
    expect(checkedReport(said, orderOf({ kind: 'caption' }))).toBe(said);
  });

  test.each([
    [
      'the picture of another lease',
      orderOf(edit),
      doneOf({ ...lease, fence: 1 }).outputs,
      undefined,
      'outputs: expected out/',
    ],
    ['a picture too few', orderOf({ ...edit, count: 2 }), done.outputs, undefined, 'outputs: expected out/'],
    [
      'a picture of another type',
      orderOf({ ...edit, format: 'webp' }),
      done.outputs,
      undefined,
      'outputs: expected out/',
    ],
    [
      'a picture that nobody wants',
      orderOf({ kind: 'caption' }),
      done.outputs,
      caption,
      'outputs: expected none, got out/',
    ],
    ['no result', orderOf({ kind: 'caption' }), [], undefined, 'result: expected caption, got none'],
    [
      'a result that nobody wants',
      orderOf(edit),
      done.outputs,
      caption,
      'result: expected none, got caption',
    ],
    [
      'another result',
      orderOf({ kind: 'caption' }),
      [],
      { kind: 'detect', detections: [] },
      'result: expected caption, got detect',
    ],
  ] as const)('takes %s for a failure', (_what, order, outputs, result, detail) => {
    const said = {
      ...done,
      fence: lease.fence,
      outputs: [...outputs],
      ...(result && { result: result as JobResult }),
    };
    expect(checkedReport(said, order)).toEqual({
      type: 'fail',
      ...lease,
      class: 'retryable',
      code: 'internal',
      detail: expect.stringContaining(detail),
      stepsDone: 12,
    });
  });
});
