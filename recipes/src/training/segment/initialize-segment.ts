/** First values of the segmenter's weights. */
import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { sizeOf } from '@darkroom/graph/shape';
import type { Value } from '@darkroom/graph/value';
import { between, dice, normal } from '../../dice.ts';
import { initializeParameters } from '../initialize.ts';

const backbonePrefix = 'vision_encoder.backbone.';

/** What a training begins with. */
export interface SegmentStart {
  readonly seed: number;
  /** Folder of the detector whose backbone is seen with. */
  readonly detector: string;
  /** Folder of exported weights to start from, as far as they fit. Default: random ones. */
  readonly from?: string | undefined;
}

/** The values of all weights before the first step; those that are never trained keep them. */
export async function firstValues(
  parameters: ReadonlyMap<string, Value>,
  { seed, detector, from }: SegmentStart,
): Promise<Map<string, Float32Array>> {
  const initial = initializeSegment(parameters, await readBackbone(detector), seed);
  if (from !== undefined) await takeOver(from, initial);
  return initial;
}

/** Replaces first values by those of an exported model, which may be of another layout: what does not fit begins anew. */
async function takeOver(folder: string, initial: Map<string, Float32Array>): Promise<void> {
  const stored = await readSafetensors(join(folder, 'model.safetensors'));
  let taken = 0;
  for (const [name, first] of initial) {
    const tensor = stored.get(name);
    const values = tensor && toFloat32(tensor);
    if (values?.length !== first.length) continue;
    initial.set(name, values);
    taken += 1;
  }
  if (taken === 0) throw new TypeError(`${folder}: nothing in it fits the network`);
}

/** The backbone's weights in a detector's folder, under the segmenter's names. */
async function readBackbone(detector: string): Promise<Map<string, Float32Array>> {
  const stored = await readSafetensors(join(detector, 'model.safetensors'));
  return new Map(
    [...stored].flatMap(([name, tensor]) =>
      name.startsWith('backbone.')
        ? [[backbonePrefix + name.slice('backbone.'.length), toFloat32(tensor)] as const]
        : [],
    ),
  );
}

/** Standard deviation of tokens and of embeddings that stand beside places. */
const tokenDeviation = 0.5;

/**
 * Published values of the backbone; places by standard normals, as in the reference; layers that are added to something
 * start as nothing. Where nothing is drawn a mask prompt is 0, which a norm needs biases to tell apart from noise.
 * @throws Error naming a weight that the backbone lacks
 */
function initializeSegment(
  parameters: ReadonlyMap<string, Value>,
  backbone: ReadonlyMap<string, Float32Array>,
  seed: number,
): Map<string, Float32Array> {
  const initial = initializeParameters(parameters, seed, (name) =>
    /neck\.layers\.\d+\.conv3\.weight$/.test(name),
  );
  const random = dice(seed, 1 << 20);
  for (const [name, { shape }] of parameters) {
    if (name.startsWith(backbonePrefix)) {
      const published = backbone.get(name);
      if (published?.length !== sizeOf(shape))
        throw new Error(`expected the detector to have ${name} [${shape}]`);
      initial.set(name, published);
    } else if (name.startsWith('shared_image_embedding.')) {
      initial.set(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => normal(random)),
      );
    } else if (/mask_embed\.conv\d\.bias$/.test(name)) {
      initial.set(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => between(random, -0.5, 0.5)),
      );
    } else if (/(_embed(\.\d)?|_tokens?)\.weight$/.test(name)) {
      initial.set(
        name,
        Float32Array.from({ length: sizeOf(shape) }, () => tokenDeviation * normal(random)),
      );
    }
  }
  return initial;
}
