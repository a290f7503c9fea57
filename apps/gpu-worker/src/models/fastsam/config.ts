/** How a FastSAM (Zhao et al. 2023) is laid out: YOLOv8-seg at some depth and width, with one class. */
import { z } from 'zod';

const count = z.int().min(1);

/** `config.json` beside the weights; absent values are those of FastSAM-s. */
export const FastSamConfig = z.strictObject({
  model_type: z.literal('fastsam').default('fastsam'),
  /** Part of the full number of blocks, at least one of each kind. */
  depth_multiple: z
    .number()
    .positive()
    .max(4)
    .default(1 / 3),
  /** Part of the full number of channels, rounded up to a multiple of 8. */
  width_multiple: z.number().positive().max(4).default(0.5),
  /** Channels, before that factor, that no layer exceeds. */
  max_channels: count.default(1024),
  /** Distances among which a side of a box is found, in cells: 0 to `reg_max` - 1. */
  reg_max: z.int().min(2).max(64).default(16),
  /** Prototypes of which masks are made. */
  num_prototypes: count.max(256).default(32),
  /** Longer side of the picture in pixels. */
  image_size: z.int().min(32).max(4096).multipleOf(32).default(1024),
});
export type FastSamConfig = z.infer<typeof FastSamConfig>;

/** Name of a published size. */
export type FastSamSize = 's' | 'x';

/** Of the two, only the larger was trained with more distances than YOLOv8 has: 26 instead of 16. */
const layouts: Readonly<Record<FastSamSize, z.input<typeof FastSamConfig>>> = {
  s: {},
  x: { depth_multiple: 1, width_multiple: 1.25, max_channels: 512, reg_max: 26 },
};

/** The layout of a published size. */
export function fastSamConfigOf(size: FastSamSize): FastSamConfig {
  return FastSamConfig.parse(layouts[size]);
}

/** Channels of a layer that has `full` of them at width 1. */
export function channelsOf(
  full: number,
  { width_multiple, max_channels }: Pick<FastSamConfig, 'width_multiple' | 'max_channels'>,
): number {
  return Math.ceil((Math.min(full, max_channels) * width_multiple) / 8) * 8;
}

/** Blocks in a row where there are `full` of them at depth 1. */
export function blocksOf(full: number, { depth_multiple }: Pick<FastSamConfig, 'depth_multiple'>): number {
  return Math.max(1, Math.round(full * depth_multiple));
}
