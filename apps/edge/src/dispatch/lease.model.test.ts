import fc from 'fast-check';
import { describe, test } from 'vitest';
import { type Op, opKinds, PoolWorld } from './pool-world.ts';

/** Work, and what keeps it going, is what makes the rest interesting. */
const often = ['enqueue', 'enqueue', 'pump', 'pump', 'pump', 'pass', 'finish', 'fail', 'fail'] as const;

const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.constantFrom(...opKinds, ...often),
  worker: fc.nat(2),
  pick: fc.nat(63),
});

describe('the pool', () => {
  test('ends every job once, by its highest fence, whatever happens to workers, wires, clock and books', {
    timeout: 300_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(op, { maxLength: 60, size: 'max' }), (happenings) => {
        const world = new PoolWorld();
        for (const worker of world.workers) worker.dial();
        for (const happening of happenings) world.run(happening);
        world.recover();
      }),
      { numRuns: 10_000 },
    );
  });
});
