// Weights for measuring speed: random, of a size that keeps activations in range.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeclaredWeights } from '@darkroom/gpu-worker/models/declare-weights';
import type { Weight } from '@darkroom/graph/onnx/write';
import { type Shape, sizeOf } from '@darkroom/graph/shape';

/** Uniform values of variance 1/inputs; scales of norms are 1. */
export function randomWeights(declared: DeclaredWeights): Map<string, Float32Array> {
  const random = xorshift(1);
  return new Map([...declared].map(([name, { shape }]) => [name, fill(name, shape, random)]));
}

/** The same in one file of `folder`, with the place of each. */
export async function writeRandomWeights(
  declared: DeclaredWeights,
  folder: string,
): Promise<Map<string, Weight>> {
  const random = xorshift(1);
  const weights = new Map<string, Weight>();
  await using handle = await open(join(folder, 'weights.bin'), 'w');
  let offset = 0;
  for (const [name, { shape }] of declared) {
    const values = fill(name, shape, random);
    await handle.write(new Uint8Array(values.buffer), 0, values.byteLength, offset);
    weights.set(name, { file: 'weights.bin', offset, length: values.byteLength });
    offset += values.byteLength;
  }
  return weights;
}

function fill(name: string, shape: Shape, random: () => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (shape.length === 1) return values.fill(name.includes('norm') && name.endsWith('.weight') ? 1 : 0);
  const reach = Math.sqrt(3 / sizeOf(shape.slice(1)));
  for (let i = 0; i < values.length; i++) values[i] = reach * random();
  return values;
}

/** Marsaglia's 32-bit xorshift, in (-1, 1). */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state / 2 ** 31;
  };
}
