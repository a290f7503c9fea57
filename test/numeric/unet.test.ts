import { describe, it } from 'vitest';
import { checkUnet } from '../../verify/unet.ts';
import { expectGolden } from './expect-golden.ts';

describe('UNet2DConditionModel', () => {
  it.each(['unet_sd15_tiny', 'unet_ip2p_tiny', 'unet_inpaint_tiny'])('reproduces the reference: %s', (name) =>
    expectGolden(checkUnet, name, 4),
  );
});
