/** The edit model's networks at the smallest size, as `--network` reads them: for tests. */
export const tinyNetwork = {
  text_encoder: {
    vocab_size: 1536,
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    max_position_embeddings: 32,
  },
  unet: {
    sample_size: 4,
    in_channels: 32,
    out_channels: 16,
    block_out_channels: [8],
    down_block_types: ['CrossAttnDownBlock2D'],
    up_block_types: ['CrossAttnUpBlock2D'],
    layers_per_block: 1,
    norm_num_groups: 4,
    cross_attention_dim: 16,
    attention_head_dim: 2,
    use_linear_projection: true,
    resnet_time_scale_shift: 'scale_shift',
    addition_embed_type: 'text',
    addition_embed_type_num_heads: 2,
    condition_residual: true,
  },
} as const;
