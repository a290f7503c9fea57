// The network of a LoRA golden: a UNet with adapters on its attention, its loss, and what to feed it.

import { unet } from '@darkroom/gpu-worker/models/unet';
import type { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import type { HostArray, Session } from '@darkroom/gpu-worker/runtime/session';
import { type Lora, lora } from '@darkroom/graph/layers/lora';
import { Scope } from '@darkroom/graph/layers/scope';
import { mul, square, sub } from '@darkroom/graph/ops/elementwise';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { input, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import type { GoldenTensors } from './golden-tensors.ts';
import { NoiseTraining, type NoisyBatch } from './training-config.ts';

export const LoraTraining = NoiseTraining.extend({
  rank: z.int(),
  network_alpha: z.number(),
  target_modules: z.array(z.string()),
  lr: z.number(),
  betas: z.tuple([z.number(), z.number()]),
  eps: z.number(),
  weight_decay: z.number(),
  fused_weight_example: z.string(),
});
export type LoraTraining = z.infer<typeof LoraTraining>;

/** A UNet with adapters, its base weights and the recorded batch. */
export interface LoraSetting {
  readonly config: LoraTraining;
  readonly unetConfig: UnetConfig;
  readonly base: string;
  readonly golden: GoldenTensors;
  readonly initial: GoldenTensors;
  readonly batch: NoisyBatch;
}

export function adaptersOf(config: LoraTraining, strength = 1): Lora {
  return lora({
    rank: config.rank,
    alpha: config.network_alpha,
    strength,
    targets: (name) => config.target_modules.some((module) => name.endsWith(`.${module}.weight`)),
    nameOf: (weight, matrix) => `unet.${weight.replace(/\.weight$/, '')}.lora.${matrix}.weight`,
  });
}

/** The pieces of the adapted network that a check differentiates or returns. */
export interface AdaptedNetwork {
  readonly network: Readonly<Record<'sample' | 'context' | 'predicted' | 'loss', Value>>;
  readonly adapters: Lora;
  readonly scope: Scope;
}

/** Inputs: `sample`, `timestep`, `context`, `target`, and `row_weights` of the mean over rows. */
export function adapted({ config, unetConfig, golden }: LoraSetting, strength = 1): AdaptedNetwork {
  const adapters = adaptersOf(config, strength);
  const scope = Scope.root({ adapt: adapters.adapt });
  const shape = golden.shape('latents');
  const rows = shape.slice(0, 1);
  const sample = input('sample', shape);
  const context = input('context', golden.shape('encoder_hidden_states'));
  const predicted = unet(scope, { sample, context, timestep: input('timestep', rows) }, unetConfig);
  const perRowLoss = reduceMean(square(sub(predicted, input('target', shape))), { axes: [1, 2, 3] });
  const loss = reduceMean(mul(perRowLoss, input('row_weights', rows)));
  return { network: { sample, context, predicted, loss }, adapters, scope };
}

export function batchFeeds({ golden, batch, initial }: LoraSetting): Record<string, HostArray> {
  return {
    sample: batch.latents,
    context: golden.floats('encoder_hidden_states'),
    timestep: Float32Array.from(batch.timesteps),
    target: golden.floats('noise'),
    row_weights: new Float32Array(batch.timesteps.length).fill(1),
    ...all(initial),
  };
}

export const slotNames = (name: string): string[] => [`first.${name}`, `second.${name}`];

export function all(tensors: GoldenTensors): Record<string, Float32Array> {
  return Object.fromEntries(tensors.names.map((name) => [name, tensors.floats(name)]));
}

export function get(outputs: Readonly<Record<string, Float32Array>>, name: string): Float32Array {
  const values = outputs[name];
  if (!values) throw new TypeError(`the graph has no output ${JSON.stringify(name)}`);
  return values;
}

export async function run(
  session: Session,
  feeds: Readonly<Record<string, HostArray>>,
): Promise<Record<string, Float32Array>> {
  return (await session.run(feeds)) as Record<string, Float32Array>;
}
