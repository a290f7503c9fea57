/** Writes the trained segmenter as a folder that the worker opens like any Segment Anything model. */
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { firstValues, type SegmentStart } from './initialize-segment.ts';
import { isFrozen, segmentConfig } from './segment-model.ts';
import { writeSam } from './write-sam.ts';

/** What is exported, and where it came from. */
export interface SegmentExport extends SegmentStart {
  readonly checkpoint: string;
  /** Side of the padded picture that the model is to take. */
  readonly side: number;
}

/**
 * The moving averages of a checkpoint beside what was never trained, in half precision.
 * @throws Error when the checkpoint lacks a weight
 */
export async function exportSegment(
  { checkpoint, side, ...start }: SegmentExport,
  folder: string,
): Promise<void> {
  const config = segmentConfig(side);
  const initial = await firstValues(declareSam(config), start);
  const stored = await readSafetensors(checkpoint);
  await writeSam(folder, config, (name) => {
    const average = stored.get(`average:${name}`);
    const data = isFrozen(name) ? initial.get(name) : average && toFloat32(average);
    if (!data) throw new Error(`${checkpoint}: expected a moving average of ${name}, came none`);
    return data;
  });
}
