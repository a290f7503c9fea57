/** Writes the trained segmenter as a folder that the worker opens like any Segment Anything model. */
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { type Blend, blended } from '../blend.ts';
import { weightsIn, weightsOf } from '../stored-weights.ts';
import { firstValues, type SegmentStart } from './initialize-segment.ts';
import { isFrozen, segmentConfig } from './segment-model.ts';
import { writeSam } from './write-sam.ts';

/** What is exported, and where it came from. */
export interface SegmentExport extends SegmentStart {
  readonly checkpoint: string;
  /** Side of the padded picture that the model is to take. */
  readonly side: number;
  /** A segmenter whose weights count too. Default: the run's alone. */
  readonly average?: Blend | undefined;
}

/**
 * The moving averages of a checkpoint beside what was never trained, in half precision.
 * @throws Error when the checkpoint or the other segmenter lacks a weight
 */
export async function exportSegment(
  { checkpoint, side, average, ...start }: SegmentExport,
  folder: string,
): Promise<void> {
  const config = segmentConfig(side);
  const initial = await firstValues(declareSam(config), start);
  const own = await weightsOf(checkpoint);
  const others = average && (await weightsIn(average.folder));
  const trained = (name: string): Float32Array =>
    blended(own(`average:${name}`), others?.(name), average?.share ?? 1);
  await writeSam(folder, config, (name) =>
    isFrozen(name) ? (initial.get(name) as Float32Array) : trained(name),
  );
}
