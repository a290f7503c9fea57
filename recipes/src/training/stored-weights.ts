import { join } from 'node:path';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';

/** Looks up a weight by name. @throws Error when there is none of that name */
export type StoredWeights = (name: string) => Float32Array;

/** The weights in a file of safetensors, such as a checkpoint. */
export async function weightsOf(file: string): Promise<StoredWeights> {
  const tensors = await readSafetensors(file);
  return (name) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`${file}: expected ${name}, came none`);
    return toFloat32(tensor);
  };
}

/** The weights of an exported folder. */
export const weightsIn = (folder: string): Promise<StoredWeights> =>
  weightsOf(join(folder, 'model.safetensors'));
