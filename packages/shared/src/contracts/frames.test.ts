import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeId } from '../ids.ts';
import { PoolFrame, WorkerFrame } from './frames.ts';
import { parseContract } from './parse-contract.ts';

const lease = { jobId: makeId('job', 1_700_000_000_000, new Uint8Array(10)), fence: 1 };
const sha256 = '0'.repeat(64);
const hello = {
  type: 'hello',
  version: 1,
  workerId: 'gpu-1.lab',
  bootId: '0b9c1c0e-6a8e-4a51-9a5d-3f5b6f0c2d11',
  pool: 'edit-cpu',
  device: 'CPU, 2 cores',
  memoryMb: 4096,
  slots: 1,
  models: [{ id: 'embedded', sha256: null, kinds: ['edit'] }],
  leases: [lease],
};
const output = { key: 'out/a/1/0.png', sha256, sizeBytes: 9, mime: 'image/png', width: 64, height: 48 };
const done = {
  type: 'done',
  ...lease,
  outputs: [output],
  model: { id: 'embedded', sha256 },
  metrics: { computeMs: 812.5, loadMs: 0, peakMemoryMb: 0, steps: 12 },
};
const fail = { type: 'fail', ...lease, class: 'retryable', code: 'unavailable', detail: '', stepsDone: 0 };
const workerFrames = [
  hello,
  { type: 'ready', freeSlots: 0, resident: ['embedded'] },
  { type: 'accept', ...lease },
  { type: 'reject', ...lease, reason: 'busy' },
  { type: 'beat', leases: [{ ...lease, step: 3, steps: 12, etaMs: null }] },
  { type: 'preview', ...lease, step: 3, sizeBytes: 2048 },
  done,
  fail,
  { type: 'canceled', ...lease, stepsDone: 4 },
  { type: 'draining', graceMs: 15_000 },
  { type: 'checkpoint', ...lease, key: 'train/a/50', step: 50 },
];

const job = {
  version: 1,
  kind: 'generate',
  id: lease.jobId,
  createdAtMs: 1_700_000_000_000,
  prompt: { original: 'a fox', enhanced: null },
  negativePrompt: '',
  seed: 7,
  count: 1,
  format: 'png',
  quality: 90,
};
const offer = {
  type: 'offer',
  version: 1,
  ...lease,
  attempt: 1,
  job,
  deadlineInMs: 60_000,
  smaller: false,
  previewEvery: 4,
  inputs: { 'in/photo': 'http://localhost:8787/in/photo?X-Amz-Signature=a' },
  outputs: [{ key: output.key, url: 'https://store.example/out/a/1/0.png?sig=b', mime: 'image/png' }],
  resume: null,
};
const poolFrames = [
  offer,
  { type: 'cancel', ...lease },
  { type: 'revoke', ...lease },
  { type: 'drain' },
  { type: 'ack', ...lease, verdict: 'accepted' },
];

const directions = [
  ['worker', WorkerFrame, workerFrames],
  ['pool', PoolFrame, poolFrames],
] as const;

describe.each(directions)('what a %s says', (_side, contract, frames) => {
  test.each(frames.map((frame) => [frame.type, frame] as const))(
    '%s comes through unchanged',
    (_type, frame) => {
      expect(parseContract(contract, JSON.parse(JSON.stringify(frame)))).toEqual(frame);
    },
  );

  test.each(frames.map((frame) => [frame.type, frame] as const))(
    '%s is refused with a field it does not know',
    (_type, frame) => {
      expect(() => parseContract(contract, { ...frame, extra: 1 })).toThrow('Unrecognized key: "extra"');
    },
  );

  test.each(frames.map((frame) => [frame.type, frame] as const))(
    '%s is refused without any of its fields',
    (_type, frame) => {
      for (const field of Object.keys(frame)) {
        expect(contract.safeParse({ ...frame, [field]: undefined }).success, field).toBe(false);
      }
    },
  );

  test('is refused as invalid_request, whatever else comes', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => parseContract(contract, value)).toThrow(
          expect.objectContaining({ code: 'invalid_request' }),
        );
      }),
    );
  });
});

describe('what a worker found out', () => {
  const found = { kind: 'caption', caption: 'a fox in the snow', score: -0.5 };

  test('comes with the end of the job, with pictures or without', () => {
    for (const outputs of [[output], []]) {
      const frame = { ...done, outputs, result: found };
      expect(parseContract(WorkerFrame, JSON.parse(JSON.stringify(frame)))).toEqual(frame);
    }
  });

  test('is refused by name where it is none, or larger than a mebibyte', () => {
    const rle = { size: [1, 1], counts: Array(60_000).fill(100_000) };
    const masks = (count: number) =>
      Array.from({ length: count }, () => ({ score: 1, area: 1, box: [0, 0, 1, 1], rle }));
    const says = (result: object) => () => parseContract(WorkerFrame, { ...done, result });
    expect(says({ ...found, score: 1 })).toThrow('result.score: ');
    expect(says({ ...found, kind: 'edit' })).toThrow('result.kind: ');
    expect(says({ kind: 'segment', masks: masks(2) })).not.toThrow();
    expect(says({ kind: 'segment', masks: masks(3) })).toThrow('result: expected at most 1048576 bytes');
  });

  test('or which field is to blame, comes with its failure', () => {
    const frame = { ...fail, details: { field: 'points.0' } };
    expect(parseContract(WorkerFrame, frame)).toEqual(frame);
    expect(() => parseContract(WorkerFrame, { ...fail, details: { cause: 'x' } })).toThrow('details.field: ');
  });
});

test('an offer may have no place for pictures', () => {
  const looking = { ...offer, outputs: [] };
  expect(parseContract(PoolFrame, looking)).toEqual(looking);
});

test('an offer may name the request that asked for its job', () => {
  const named = { ...offer, requestId: '0b9c1c0e-6a8e-4a51-9a5d-3f5b6f0c2d11' };
  expect(parseContract(PoolFrame, named)).toEqual(named);
});

describe('a frame', () => {
  test.each([
    ['the other side’s', WorkerFrame, offer, 'type: '],
    ['of another version', WorkerFrame, { ...hello, version: 2 }, 'version: '],
    ['with a name that is a path', WorkerFrame, { ...hello, workerId: '../a' }, 'workerId: expected 1 to 64'],
    ['with no slot at all', WorkerFrame, { ...hello, slots: 0 }, 'slots: '],
    ['with a fence below the first', WorkerFrame, { ...done, fence: 0 }, 'fence: '],
    ['with too many pictures', WorkerFrame, { ...done, outputs: Array(9).fill(output) }, 'outputs: '],
    ['with a code outside the table', WorkerFrame, { ...fail, code: 'oops' }, 'code: '],
    [
      'that announces too large a preview',
      WorkerFrame,
      { type: 'preview', ...lease, step: 1, sizeBytes: 65_537 },
      'sizeBytes: ',
    ],
    ['with a request id that breaks a log line', PoolFrame, { ...offer, requestId: 'a\n' }, 'requestId: '],
    ['with a fourth attempt', PoolFrame, { ...offer, attempt: 4 }, 'attempt: '],
    [
      'with an address of another protocol',
      PoolFrame,
      { ...offer, inputs: { a: 'file:///etc' } },
      'inputs.a: ',
    ],
    [
      'with more images than a job has',
      PoolFrame,
      { ...offer, inputs: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, 'http://a.example'])) },
      'inputs: expected at most 16 images',
    ],
  ] as const)('%s is refused by name', (_case, contract, frame, message) => {
    expect(() => parseContract(contract, frame)).toThrow(message);
  });
});
