import { describe, expect, it } from 'vitest';
import { AutoencoderKlConfig } from './autoencoder-kl.ts';
import { UnetConfig } from './unet-config.ts';

describe('the configuration of a UNet', () => {
  it.each([
    ['act_fn', 'gelu', 'silu'],
    ['center_input_sample', true, 'false'],
    ['downsample_padding', 0, '1'],
    ['mid_block_scale_factor', 2, '1'],
    ['only_cross_attention', true, 'false'],
    ['time_embedding_type', 'fourier', 'positional'],
    ['time_embedding_act_fn', 'silu', 'null'],
    ['resnet_out_scale_factor', 1.41, '1'],
  ])('is refused when %s is %s: the same weights would give other numbers', (option, value, expected) => {
    const parsed = UnetConfig.safeParse({ [option]: value });
    expect(parsed.error?.issues).toEqual([
      expect.objectContaining({
        path: [option],
        message: `is not supported and must be ${expected} or absent`,
      }),
    ]);
  });

  it('may state what is built here', () => {
    const stated = { act_fn: 'silu', mid_block_only_cross_attention: null, resnet_out_scale_factor: 1 };
    expect(UnetConfig.parse(stated)).toMatchObject(stated);
    expect(UnetConfig.parse({})).not.toHaveProperty('act_fn');
  });
});

describe('the configuration of an autoencoder', () => {
  it('is refused when latents are shifted', () => {
    expect(AutoencoderKlConfig.safeParse({ shift_factor: null }).success).toBe(true);
    expect(AutoencoderKlConfig.safeParse({ shift_factor: 0.0609 }).error?.message).toContain('shift_factor');
  });
});
