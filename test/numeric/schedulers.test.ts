import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Measurement } from '../../verify/measurement.ts';
import { checkSchedulers } from '../../verify/schedulers.ts';

const line = (m: Measurement) =>
  `${m.output}: max abs ${m.maxAbsolute.toExponential(2)}, max rel ${m.maxRelative.toExponential(2)}, allowed ${m.tolerance}`;

describe('schedules and samplers agree with the reference runs', () => {
  test.each([
    ['schedulers', 31],
    ['schedulers_v030', 14],
  ])('of goldens/%s', async (folder, caseCount) => {
    const measurements: Measurement[] = [];
    const path = fileURLToPath(new URL(`../goldens/${folder}`, import.meta.url));
    for await (const measurement of checkSchedulers(path)) measurements.push(measurement);
    expect(measurements.filter((m) => !m.ok).map(line)).toEqual([]);
    expect(measurements.filter((m) => m.output.endsWith(': timesteps'))).toHaveLength(caseCount);
  });
});
