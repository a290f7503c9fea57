import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { writeSafetensors } from '@darkroom/gpu-worker/models/safetensors-write';
import type { PatchProjection } from './patch-pca.ts';

/** Stores a projection under the autoencoder's tensor names, with the deviations beside them. */
export async function writeProjection(path: string, projection: PatchProjection): Promise<void> {
  const { patch, channels, weight, bias, backWeight, backBias, deviations } = projection;
  const size = 3 * patch * patch;
  await writeSafetensors(
    path,
    new Map([
      ['encoder.patch.weight', { dtype: 'F32', shape: [channels, 3, patch, patch], data: weight }],
      ['encoder.patch.bias', { dtype: 'F32', shape: [channels], data: bias }],
      ['decoder.patch.weight', { dtype: 'F32', shape: [size, channels, 1, 1], data: backWeight }],
      ['decoder.patch.bias', { dtype: 'F32', shape: [size], data: backBias }],
      ['deviations', { dtype: 'F32', shape: [channels], data: deviations }],
    ]),
  );
}

export async function readProjection(path: string): Promise<PatchProjection> {
  const stored = await readSafetensors(path);
  const tensor = (name: string): Float32Array => {
    const found = stored.get(name);
    if (!found) throw new Error(`${path}: expected a tensor ${name}`);
    return toFloat32(found);
  };
  const [channels, , patch] = stored.get('encoder.patch.weight')?.shape ?? [];
  return {
    patch: patch as number,
    channels: channels as number,
    weight: tensor('encoder.patch.weight'),
    bias: tensor('encoder.patch.bias'),
    backWeight: tensor('decoder.patch.weight'),
    backBias: tensor('decoder.patch.bias'),
    deviations: tensor('deviations'),
  };
}
