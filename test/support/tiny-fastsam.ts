// A FastSAM small enough for tests, with random weights.
import { FastSamConfig } from '@darkroom/gpu-worker/models/fastsam/config';
import { declareFastSam } from '@darkroom/gpu-worker/models/fastsam/network';
import { type Shape, sizeOf } from '@darkroom/graph/shape';
import { Random } from './random.ts';

/** The smallest FastSAM. */
export const tinyFastSam = FastSamConfig.parse({
  depth_multiple: 0.1,
  width_multiple: 1 / 64,
  reg_max: 4,
  num_prototypes: 5,
  image_size: 64,
});

/** Weights that keep activations in range; norms have variances that matter. */
function draw(name: string, shape: Shape, random: Random): Float32Array {
  if (name.includes('dfl')) return Float32Array.from({ length: sizeOf(shape) }, (_, i) => i);
  const reach = 1.5 / Math.sqrt(shape.length === 1 ? 4 : sizeOf(shape.slice(1)));
  const drawn = Float32Array.from({ length: sizeOf(shape) }, () => reach * random.normal());
  if (name.endsWith('running_var')) return drawn.map((value) => 0.5 + value * value);
  return name.endsWith('bn.weight') ? drawn.map((value) => 1 + 0.3 * value) : drawn;
}

/** Random weights of {@link tinyFastSam}. */
export function tinyFastSamWeights(): Map<string, Float32Array> {
  const random = new Random(5);
  return new Map(
    [...declareFastSam(tinyFastSam)].map(([name, { shape }]) => [name, draw(name, shape, random)]),
  );
}
