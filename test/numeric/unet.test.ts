import { unetNetwork } from '@darkroom/gpu-worker/diffusion/predictor';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import { countFlops } from '../../bench/flops.ts';
import { checkUnet } from '../../verify/unet.ts';
import { expectGolden } from './expect-golden.ts';

describe('UNet2DConditionModel', () => {
  it.each(['unet_sd15_tiny', 'unet_ip2p_tiny', 'unet_inpaint_tiny'])('reproduces the reference: %s', (name) =>
    expectGolden(checkUnet, name, 4),
  );

  it('takes 401.7 billion multiply-adds at the size of Stable Diffusion 1.5', () => {
    const config = UnetConfig.parse({ cross_attention_dim: 768 });
    const { build } = unetNetwork(config, { rows: 1, size: { width: 64, height: 64 }, length: 77 });
    expect(countFlops(graphOf(build(Scope.root()))) / 2e9).toBeCloseTo(401.7, 0);
  });
});
