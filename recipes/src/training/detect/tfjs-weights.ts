/** Weights of a TensorFlow.js graph model: `model.json` with a manifest, and the bytes beside it. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { z } from 'zod';

/** A weight of the model, as float32 whatever it was stored as. */
export interface TfjsWeight {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

const Manifest = z.object({
  format: z.literal('graph-model'),
  weightsManifest: z.array(
    z.object({
      paths: z.array(z.string()),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.int().min(0)),
          dtype: z.enum(['float32', 'int32']),
          quantization: z.object({ dtype: z.literal('float16') }).optional(),
        }),
      ),
    }),
  ),
});

/**
 * Reads all floating-point weights by name; integers, which are shapes and axes, are skipped.
 * @throws Error naming the file when it is no graph model or its bytes do not add up
 */
export async function readTfjsWeights(modelJson: string): Promise<Map<string, TfjsWeight>> {
  const parsed = Manifest.safeParse(JSON.parse(await readFile(modelJson, 'utf8')));
  if (!parsed.success) throw new Error(`${modelJson}: ${z.prettifyError(parsed.error)}`);
  const weights = new Map<string, TfjsWeight>();
  for (const group of parsed.data.weightsManifest) {
    const parts = await Promise.all(group.paths.map((path) => readFile(join(dirname(modelJson), path))));
    const bytes = Buffer.concat(parts);
    let begin = 0;
    for (const { name, shape, dtype, quantization } of group.weights) {
      const count = shape.reduce((product, side) => product * side, 1);
      const end = begin + count * (quantization ? 2 : 4);
      // A copy, because a view of 16- or 32-bit elements must begin at a multiple of their size.
      const piece = new Uint8Array(bytes.subarray(begin, end)).buffer;
      if (dtype === 'float32') weights.set(name, { shape, data: floatsOf(piece, quantization) });
      begin = end;
    }
    if (begin !== bytes.length)
      throw new Error(`${modelJson}: expected ${begin} bytes of weights, came ${bytes.length}`);
  }
  return weights;
}

function floatsOf(bytes: ArrayBuffer, quantization: { dtype: 'float16' } | undefined): Float32Array {
  if (!quantization) return new Float32Array(bytes);
  const data = new Uint16Array(bytes);
  return toFloat32({ dtype: 'F16', shape: [data.length], data });
}
