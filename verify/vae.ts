// AutoencoderKL: encoding to mean and log-variance, sampling, decoding; under today's and the old weight names.
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleLatent } from '@darkroom/gpu-worker/diffusion/latents';
import { AutoencoderKlConfig, decode, encode } from '@darkroom/gpu-worker/models/autoencoder-kl';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import type { Session } from '@darkroom/gpu-worker/runtime/session';
import { input } from '@darkroom/graph/value';
import { weightedSum } from '@darkroom/shared/samplers/weighted-sum';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';

const bound = { absolute: 2e-4 };
const legacyFile = 'diffusion_pytorch_model.legacy_keys.safetensors';

/** Golden folder of one AutoencoderKL. */
export async function* checkVae(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, AutoencoderKlConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  await using session = await compileVae(folder, config, golden);
  const [image, latent] = [golden.floats('image'), golden.floats('latent')];
  const { mean, logvar, decoded } = await run(session, image, latent);
  yield compare('enc.mean', mean, golden.floats('enc.mean'), bound);
  yield compare('enc.logvar', logvar, golden.floats('enc.logvar'), bound);
  yield compare('dec.out', decoded, golden.floats('dec.out'), bound);

  const sample = sampleLatent({ mean, logvar }, () => golden.floats('enc.sample_noise'));
  yield compare('enc.sample', sample, golden.floats('enc.sample'), bound);
  const scaled = weightedSum([config.scaling_factor, sample]);
  yield compare('enc.scaled_sample', scaled, golden.floats('enc.scaled_sample'), bound);
  const roundTrip = await run(session, image, sample);
  yield compare('roundtrip.out', roundTrip.decoded, golden.floats('roundtrip.out'), bound);

  const legacy = join(folder, legacyFile);
  if (!(await exists(legacy))) return;
  await using old = await compileVae(legacy, config, golden);
  const fromOld = await run(old, image, latent);
  yield compare('enc.mean (legacy names)', fromOld.mean, golden.floats('enc.mean'), bound);
  yield compare('dec.out (legacy names)', fromOld.decoded, golden.floats('dec.out'), bound);
}

function compileVae(weights: string, config: AutoencoderKlConfig, golden: GoldenTensors): Promise<Session> {
  return compileNetwork(weights, (scope) => ({
    ...encode(scope, input('image', golden.shape('image')), config),
    decoded: decode(scope, input('latent', golden.shape('latent')), config),
  }));
}

async function run(
  session: Session,
  image: Float32Array,
  latent: Float32Array,
): Promise<Record<'mean' | 'logvar' | 'decoded', Float32Array>> {
  return (await session.run({ image, latent })) as Record<'mean' | 'logvar' | 'decoded', Float32Array>;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
