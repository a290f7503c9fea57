import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceInside } from './mask-distance.ts';

const [width, height] = [24, 18];

/** By definition, in pixels. */
function euclidean(data: Uint8Array, at: number): number {
  const [x, y] = [at % width, Math.floor(at / width)];
  const outside = [...data.keys()].filter((other) => data[other] === 0);
  return Math.min(...outside.map((other) => Math.hypot((other % width) - x, Math.floor(other / width) - y)));
}

describe('the distance to the outside', () => {
  it('is Euclidean within 8 %', () => {
    const bits = fc.array(fc.boolean(), { minLength: width * height, maxLength: width * height });
    fc.assert(
      fc.property(bits, bits, (a, b) => {
        // Sparse holes, so that distances grow.
        const data = Uint8Array.from(a, (bit, at) => Number(bit || b[at] === true || at % 7 !== 0));
        fc.pre(data.includes(0));
        const distances = distanceInside({ width, height, data, box: [0, 0, width, height] });
        for (let at = 0; at < data.length; at++) {
          const expected = 3 * euclidean(data, at);
          expect(Math.abs((distances[at] as number) - expected)).toBeLessThanOrEqual(0.081 * expected);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('takes the border of the picture for no edge, and stops counting far inside', () => {
    const data = new Uint8Array(300).fill(1);
    data[0] = 0;
    const distances = distanceInside({ width: 300, height: 1, data, box: [1, 0, 300, 1] });
    expect([...distances.subarray(0, 4)]).toEqual([0, 3, 6, 9]);
    expect(distances[299]).toBe(255);
  });
});
