// Every weight of a network, asked for by building it at its smallest size: what its checkpoint must hold.
import { Scope } from '@darkroom/graph/layers/scope';
import { input, type Value } from '@darkroom/graph/value';
import { type AutoencoderKlConfig, decode, encode, spatialFactor } from './autoencoder-kl.ts';
import { type AutoencoderPatchConfig, decodePatches, encodePatches } from './autoencoder-patch.ts';
import { type ClipTextConfig, clipText } from './clip-text.ts';
import { unet } from './unet.ts';
import { latentMultiple, type UnetConfig } from './unet-config.ts';

/** Parameters by checkpoint name, in the order in which the network asks for them. */
export type DeclaredWeights = ReadonlyMap<string, Value>;

/** What the checkpoint of a UNet holds. */
export function declareUnet(config: UnetConfig): DeclaredWeights {
  const scope = Scope.root();
  const side = latentMultiple(config);
  const inputs = {
    sample: input('sample', [1, config.in_channels, side, side]),
    timestep: input('timestep', [1]),
    context: input('context', [1, 1, config.cross_attention_dim]),
    ...(config.time_cond_proj_dim !== null && {
      guidance: input('guidance', [1, config.time_cond_proj_dim]),
    }),
  };
  unet(scope, inputs, config);
  return scope.parameters;
}

/** What the checkpoint of a CLIP text tower holds. */
export function declareClipText(config: ClipTextConfig): DeclaredWeights {
  const scope = Scope.root();
  clipText(scope, input('ids', [1, 1], 'int64'), config);
  return scope.parameters;
}

/** What the checkpoint of an AutoencoderKL holds: encoder and decoder. */
export function declareAutoencoderKl(config: AutoencoderKlConfig): DeclaredWeights {
  const scope = Scope.root();
  const side = spatialFactor(config);
  encode(scope, input('image', [1, config.in_channels, side, side]), config);
  decode(scope, input('latent', [1, config.latent_channels, 1, 1]), config);
  return scope.parameters;
}

/** What the checkpoint of an AutoencoderPatch holds: encoder and decoder. */
export function declareAutoencoderPatch(config: AutoencoderPatchConfig): DeclaredWeights {
  const scope = Scope.root();
  encodePatches(scope, input('image', [1, 3, config.patch_size, config.patch_size]), config);
  decodePatches(scope, input('latent', [1, config.latent_channels, 1, 1]), config);
  return scope.parameters;
}
