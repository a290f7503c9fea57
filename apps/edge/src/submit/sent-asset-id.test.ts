import { AssetId, type JobId, makeId } from '@darkroom/shared/ids';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sentAssetId } from './sent-asset-id.ts';

const jobIds: fc.Arbitrary<JobId> = fc
  .tuple(fc.integer({ min: 0, max: 2 ** 48 - 1 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
  .map(([timeMs, random]) => makeId('job', timeMs, random));

test('pictures of one job have valid ids of their own, the same every time', () => {
  fc.assert(
    fc.property(jobIds, (jobId) => {
      const ids = [0, 1, 31].map((index) => sentAssetId(jobId, index));
      expect(ids.map((id) => AssetId.parse(id))).toEqual(
        [0, 1, 31].map((index) => sentAssetId(jobId, index)),
      );
      expect(new Set(ids).size).toBe(3);
    }),
  );
});
