// DreamBooth with prior preservation: both losses and the gradient of every weight of the UNet.
import { join } from 'node:path';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { unet } from '@darkroom/gpu-worker/models/unet';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { gradient } from '@darkroom/graph/gradient';
import type { Scope } from '@darkroom/graph/layers/scope';
import { add, scale, square, sub } from '@darkroom/graph/ops/elementwise';
import { split } from '@darkroom/graph/ops/movement';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { globalNorm } from '@darkroom/graph/optimizers/clip';
import { input, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compareMany } from './many-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { NoiseTraining, noisyBatch, readTrainingConfig } from './training-config.ts';

const Config = NoiseTraining.extend({ prior_loss_weight: z.number() });

/** Golden folder of one DreamBooth training batch: the first half of its rows the subject, the second its class. */
export async function* checkDreambooth(folder: string): AsyncGenerator<Measurement> {
  const config = await readTrainingConfig(folder, Config);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  const expected = await GoldenTensors.read(join(folder, 'grads.safetensors'));
  const base = join(folder, config.base_unet);
  const unetConfig = await readConfig(base, UnetConfig);
  const { timesteps, latents } = noisyBatch(golden, config.scheduler);
  yield compare('noisy_latents', latents, golden.floats('noisy_latents'), { relative: 1e-6 });

  await using session = await compileNetwork(base, (scope) => {
    const shape = golden.shape('latents');
    const inputs = {
      sample: input('sample', shape),
      timestep: input('timestep', shape.slice(0, 1)),
      context: input('context', golden.shape('encoder_hidden_states')),
    };
    return losses(scope, unet(scope, inputs, unetConfig), input('target', shape), config.prior_loss_weight);
  });
  const outputs = (await session.run({
    sample: latents,
    timestep: Float32Array.from(timesteps),
    context: golden.floats('encoder_hidden_states'),
    target: golden.floats('noise'),
  })) as Record<string, Float32Array>;
  for (const name of ['loss', 'loss_instance', 'loss_prior', 'grad_norm']) {
    yield compare(name, outputs[name] as Float32Array, golden.floats(name), { relative: 1e-5 });
  }
  const pairs = expected.names.map((name) => ({
    name,
    actual: outputs[`grad.${name}`] ?? [],
    expected: expected.floats(name),
  }));
  yield compareMany('gradients', pairs, { relative: 1e-3, absolute: 1e-6 });
}

function losses(scope: Scope, predicted: Value, target: Value, priorWeight: number): Record<string, Value> {
  const [instance, prior] = split(square(sub(predicted, target)), 2, 0).map((half) => reduceMean(half)) as [
    Value,
    Value,
  ];
  const loss = add(instance, scale(prior, priorWeight));
  const gradients = gradient(loss, [...scope.parameters.values()]);
  const named = [...scope.parameters.keys()].map((name, i) => [`grad.${name}`, gradients[i] as Value]);
  return {
    loss,
    loss_instance: instance,
    loss_prior: prior,
    grad_norm: globalNorm(gradients),
    ...Object.fromEntries(named),
  };
}
