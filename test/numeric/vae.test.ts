import { AutoencoderKlConfig, encode, spatialFactor } from '@darkroom/gpu-worker/models/autoencoder-kl';
import { Scope } from '@darkroom/graph/layers/scope';
import { input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { checkVae } from '../../verify/vae.ts';
import { expectGolden } from './expect-golden.ts';

describe('AutoencoderKL', () => {
  it('reproduces the reference, under old weight names too', () => expectGolden(checkVae, 'vae_tiny', 8));

  it('halves the picture once per level but the last', () => {
    const config = AutoencoderKlConfig.parse({
      block_out_channels: [32, 32, 64],
      down_block_types: ['DownEncoderBlock2D'],
    });
    const { mean } = encode(Scope.root(), input('image', [1, 3, 24, 16]), config);
    expect(spatialFactor(config)).toBe(4);
    expect(mean.shape).toEqual([1, 4, 6, 4]);
  });
});
