// What kernels found, as results tell it: numbers without needless digits, and no more than a frame holds.
import { maxResultBytes } from '@darkroom/shared/contracts/job-result';
import type { Box } from '../vision/boxes.ts';

/** Kept for what stands around a list. */
const envelopeBytes = 256;

/** Four decimals say all that a score means. */
export function roundedScore(score: number): number {
  return Math.round(score * 1e4) / 1e4;
}

/** A hundredth of a pixel. */
export function roundedBox(box: Box): [number, number, number, number] {
  return box.map((place) => Math.round(place * 100) / 100) as [number, number, number, number];
}

/** As many entries as fit into one result, from the first on: those left out are the worst. */
export function withinBytes<T>(entries: readonly T[], maxBytes: number = maxResultBytes): T[] {
  let left = maxBytes - envelopeBytes;
  const kept: T[] = [];
  for (const entry of entries) {
    left -= Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (left < 0) break;
    kept.push(entry);
  }
  return kept;
}
