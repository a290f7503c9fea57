// What the training goldens have in common: their base model, noise schedule and noisy latents.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { diffuse } from '@darkroom/shared/parameterization';
import { alphasCumprod, type BetaConfig } from '@darkroom/shared/schedulers/betas';
import { trainingLevel } from '@darkroom/shared/schedulers/noise';
import { z } from 'zod';
import type { GoldenTensors } from './golden-tensors.ts';

export const NoiseTraining = z.object({
  base_unet: z.string(),
  scheduler: z.object({
    beta_start: z.number(),
    beta_end: z.number(),
    beta_schedule: z.literal('scaled_linear'),
    num_train_timesteps: z.int(),
  }),
});

/** Parses a golden's `config.json`. */
export async function readTrainingConfig<T>(folder: string, schema: z.ZodType<T>): Promise<T> {
  return schema.parse(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')));
}

/** The recorded batch: signal power of all timesteps, one timestep per row, and the latents noised accordingly. */
export interface NoisyBatch {
  readonly alphas: Float32Array;
  readonly timesteps: readonly number[];
  readonly latents: Float32Array;
}

export function noisyBatch(golden: GoldenTensors, scheduler: BetaConfig): NoisyBatch {
  const alphas = alphasCumprod(scheduler);
  const timesteps = Array.from(golden.integers('timesteps'), Number);
  const latents = perRow(timesteps.length, golden.floats('latents'), (original, row) =>
    diffuse(
      original,
      rowOf(golden.floats('noise'), row, timesteps.length),
      trainingLevel(alphas, timesteps[row] as number),
    ),
  );
  return { alphas, timesteps, latents };
}

/** Applies a function to each of `rows` equal parts of an array. */
export function perRow(
  rows: number,
  values: Float32Array,
  apply: (part: Float32Array, row: number) => Float32Array,
): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    result.set(apply(rowOf(values, row, rows), row), (row * values.length) / rows);
  }
  return result;
}

export function rowOf(values: Float32Array, row: number, rows: number): Float32Array {
  const length = values.length / rows;
  return values.subarray(row * length, (row + 1) * length);
}
