/** Writes the trained segmenter as a folder that the worker opens like any Segment Anything model. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { type WritableTensor, writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { firstValues, type SegmentStart } from './initialize-segment.ts';
import { isFrozen, segmentConfig } from './segment-model.ts';

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
  const parameters = declareSam(config);
  const initial = await firstValues(parameters, start);
  const stored = await readSafetensors(checkpoint);
  const tensors = [...parameters].map(([name, { shape }]): [string, WritableTensor] => {
    const average = stored.get(`average:${name}`);
    const data = isFrozen(name) ? initial.get(name) : average && toFloat32(average);
    if (!data) throw new Error(`${checkpoint}: expected a moving average of ${name}, came none`);
    return [name, { dtype: 'F16', shape, data }];
  });
  await mkdir(folder, { recursive: true });
  await writeSafetensors(join(folder, 'model.safetensors'), new Map(tensors), { format: 'pt' });
  const layout = { architectures: ['SamModel'], model_type: 'sam', ...config };
  await writeFile(join(folder, 'config.json'), `${JSON.stringify(layout, null, 2)}\n`);
}
