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

/** What of a list fits into one result, from the first on, and how many of the worst are left out. */
export interface Fitting<T> {
  readonly kept: T[];
  /** As a result tells it: absent where nothing is left out. */
  readonly rest: { readonly omitted?: number };
}

/** @param most entries that a result may have */
export function fitting<T>(
  entries: readonly T[],
  { most, maxBytes = maxResultBytes }: { readonly most: number; readonly maxBytes?: number },
): Fitting<T> {
  let left = maxBytes - envelopeBytes;
  const kept: T[] = [];
  for (const entry of entries.slice(0, most)) {
    left -= Buffer.byteLength(JSON.stringify(entry)) + 1;
    if (left < 0) break;
    kept.push(entry);
  }
  const omitted = entries.length - kept.length;
  return { kept, rest: omitted > 0 ? { omitted } : {} };
}
