/** What the two guidance scales do: text guidance strengthens an edit, image guidance weakens it, text guidance 0 undoes it. */
import type { EditId } from '../edits.ts';
import type { Sources } from '../training/example.ts';
import { casesOf } from './cases.ts';
import type { Editor } from './editor.ts';
import { meanDifference, peakSignalToNoise } from './statistics.ts';

export interface GuidanceCurve {
  readonly knob: 'guidanceScale' | 'imageGuidanceScale';
  readonly values: readonly number[];
  /** Mean ΔE76 to the photo at each value, over all cases. */
  readonly distances: readonly number[];
  /** Spearman's rank correlation of distance with value, the mean over the cases. */
  readonly correlation: number;
}

const textScales = [0.5, 0.75, 1, 1.25, 1.5];
const imageScales = [1, 1.2, 1.4, 1.6, 1.8];
const probes: readonly EditId[] = [
  'black_and_white',
  'sepia',
  'warmer',
  'cooler',
  'night',
  'muted',
  'fog',
  'darker',
];

export async function guidanceCurves(
  editor: Editor,
  sources: Sources,
  photos: number,
): Promise<readonly GuidanceCurve[]> {
  const cases = probes.flatMap((id) => casesOf(id, sources, photos));
  const curve = async (knob: GuidanceCurve['knob'], values: readonly number[]): Promise<GuidanceCurve> => {
    const rows: number[][] = [];
    for (const { scene, instructions } of cases) {
      const row: number[] = [];
      for (const value of values) {
        const after = await editor(scene.image, instructions[0] as string, { [knob]: value });
        row.push(meanDifference(scene.image, after));
      }
      rows.push(row);
    }
    const distances = values.map((_, i) => mean(rows.map((row) => row[i] as number)));
    return { knob, values, distances, correlation: mean(rows.map((row) => rankCorrelation(values, row))) };
  };
  return [await curve('guidanceScale', textScales), await curve('imageGuidanceScale', imageScales)];
}

/** PSNR in dB of each probe's answer to its photo at text guidance 0. */
export async function unguidedFidelity(
  editor: Editor,
  sources: Sources,
  photos: number,
): Promise<readonly number[]> {
  const fidelities: number[] = [];
  for (const { scene, instructions } of probes.flatMap((id) => casesOf(id, sources, photos))) {
    const after = await editor(scene.image, instructions[0] as string, { guidanceScale: 0 });
    fidelities.push(Math.min(99, peakSignalToNoise(scene.image, after)));
  }
  return fidelities;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Spearman's rank correlation of two lists, in [-1, 1]: the correlation of their ranks, where equal values share the
 * mean of theirs. 0 where a list is constant.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const products = (left: readonly number[], right: readonly number[]): number =>
    left.reduce((sum, rank, i) => sum + rank * (right[i] as number), 0);
  const spread = Math.sqrt(products(ranksA, ranksA) * products(ranksB, ranksB));
  return spread === 0 ? 0 : products(ranksA, ranksB) / spread;
}

/** Ranks, minus their mean. */
function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const above = values.filter((other) => other > value).length;
    return (below - above) / 2;
  });
}
