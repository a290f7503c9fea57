/** How a CenterNet with a MobileNetV3 backbone is laid out: `config.json` of a folder with `model_type` "centernet". */
import { z } from 'zod';

const count = z.int().min(1);

/** One inverted residual block (Howard et al. 2019, "Searching for MobileNetV3", table 1). */
const Block = z.object({
  kernel: z.union([z.literal(3), z.literal(5)]),
  /** Channels inside; null: the block does not widen. */
  expansion: count.nullable(),
  out: count,
  /** Channels of the squeeze; null: no squeeze-and-excitation. */
  squeeze: count.nullable(),
  activation: z.enum(['relu', 'hard_swish']),
  stride: z.union([z.literal(1), z.literal(2)]),
});
export type CenternetBlock = z.infer<typeof Block>;

type Row = [
  kernel: 3 | 5,
  expansion: number | null,
  out: number,
  squeeze: number | null,
  activation: 'relu' | 'hard_swish',
  stride: 1 | 2,
];
const rows: Row[] = [
  [3, null, 16, null, 'relu', 1],
  [3, 64, 24, null, 'relu', 2],
  [3, 72, 24, null, 'relu', 1],
  [5, 72, 32, 24, 'relu', 2],
  [5, 96, 32, 24, 'relu', 1],
  [5, 96, 32, 24, 'relu', 1],
  [3, 192, 64, null, 'hard_swish', 2],
  [3, 160, 64, null, 'hard_swish', 1],
  [3, 144, 64, null, 'hard_swish', 1],
  [3, 144, 64, null, 'hard_swish', 1],
  [3, 384, 88, 96, 'hard_swish', 1],
  [3, 528, 88, 136, 'hard_swish', 1],
  [5, 528, 120, 136, 'hard_swish', 2],
  [5, 720, 120, 184, 'hard_swish', 1],
  [5, 720, 120, 184, 'hard_swish', 1],
];
const publishedBlocks: CenternetBlock[] = rows.map(
  ([kernel, expansion, out, squeeze, activation, stride]) => ({
    kernel,
    expansion,
    out,
    squeeze,
    activation,
    stride,
  }),
);

/** The backbone; absent values are those of the published COCO detector. */
export const CenternetBackboneConfig = z.object({
  num_channels: z.literal(3).default(3),
  stem_channels: count.default(16),
  blocks: z.array(Block).min(4).default(publishedBlocks),
  last_channels: count.default(480),
});
export type CenternetBackboneConfig = z.infer<typeof CenternetBackboneConfig>;

/** The whole detector. */
export const CenternetConfig = z.object({
  model_type: z.literal('centernet'),
  backbone_config: CenternetBackboneConfig.default(CenternetBackboneConfig.parse({})),
  /** Side of the square that photos are stretched to, in pixels. */
  image_size: z.int().min(32).multipleOf(32).default(512),
  /** Channels to and from each lateral connection, from 1/4 to 1/16. */
  lateral_channels: z
    .array(z.tuple([count, count]))
    .length(3)
    .default([
      [18, 64],
      [24, 96],
      [22, 128],
    ]),
  gate_channels: count.default(32),
  /** Class rows of the detector's own head, in their order. */
  labels: z.array(z.string().min(1)).min(1),
});
export type CenternetConfig = z.infer<typeof CenternetConfig>;
