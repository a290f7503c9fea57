import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { GoldenCheck, Measurement } from '../../verify/measurement.ts';

/** Runs a check on a folder of test/goldens and expects every one of its outputs, at least `least`, within tolerance. */
export async function expectGolden(check: GoldenCheck, name: string, least: number): Promise<void> {
  const measurements: Measurement[] = [];
  const folder = fileURLToPath(new URL(`../goldens/${name}`, import.meta.url));
  for await (const measurement of check(folder)) measurements.push(measurement);
  expect(measurements.filter(({ ok }) => !ok)).toEqual([]);
  expect(measurements.length).toBeGreaterThanOrEqual(least);
}
