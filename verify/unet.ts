// UNet2DConditionModel: outputs at several timesteps, one timestep per row, and another spatial size and context length.
import { join } from 'node:path';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { unet } from '@darkroom/gpu-worker/models/unet';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import type { Session } from '@darkroom/gpu-worker/runtime/session';
import { input } from '@darkroom/graph/value';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';

const bound = { absolute: 2e-4 };

/** Golden folder of one UNet. Outputs are named `[odd.]t<timestep>.out`, or `tvec.out` with `tvec.timestep`. */
export async function* checkUnet(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, UnetConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  for (const prefix of ['', 'odd.']) {
    const inputs = { sample: `${prefix}sample`, context: `${prefix}encoder_hidden_states` };
    const shapes = { sample: golden.shape(inputs.sample), context: golden.shape(inputs.context) };
    await using session = await compileUnet(folder, config, shapes);
    const pattern = new RegExp(`^${prefix.replace('.', '\\.')}t(\\d+|vec)\\.out$`);
    for (const name of golden.names) {
      const timestep = pattern.exec(name)?.[1];
      if (timestep === undefined) continue;
      const rows = shapes.sample[0] as number;
      const { output } = await session.run<'output'>({
        sample: golden.floats(inputs.sample),
        context: golden.floats(inputs.context),
        timestep:
          timestep === 'vec'
            ? Float32Array.from(golden.integers('tvec.timestep'), Number)
            : new Float32Array(rows).fill(Number(timestep)),
      });
      yield compare(name, output as Float32Array, golden.floats(name), bound);
    }
  }
}

function compileUnet(
  folder: string,
  config: UnetConfig,
  shapes: { readonly sample: readonly number[]; readonly context: readonly number[] },
): Promise<Session> {
  return compileNetwork(folder, (scope) => ({
    output: unet(
      scope,
      {
        sample: input('sample', shapes.sample),
        timestep: input('timestep', shapes.sample.slice(0, 1)),
        context: input('context', shapes.context),
      },
      config,
    ),
  }));
}
