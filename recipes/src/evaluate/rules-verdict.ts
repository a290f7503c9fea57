import type { EditRequest } from '../edits.ts';
import type { Pixels } from '../pixels.ts';
import type { Scene } from '../teachers/scene.ts';

/** Whether an edit did what was asked, and the figures that decide it. */
export interface Verdict {
  readonly ok: boolean;
  readonly figures: Readonly<Record<string, number>>;
}

/** Judges an edited picture. The rules look at statistics only and know nothing of a teacher's exact pixels. */
export type Rule = (before: Pixels, after: Pixels, scene: Scene, request: EditRequest) => Verdict;

/** Least difference to ask for: half of it where the words ask for a slight edit. */
export function least(difference: number, request: EditRequest): number {
  return request.strength === 'slight' ? difference / 2 : difference;
}

/** Ratio to ask for, by its distance from 1: half of that where the words ask for a slight edit. */
export function leastRatio(ratio: number, request: EditRequest): number {
  return request.strength === 'slight' ? 1 + (ratio - 1) / 2 : ratio;
}
