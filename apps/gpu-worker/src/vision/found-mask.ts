import type { Box } from './boxes.ts';
import type { MaskRle } from './mask-rle.ts';

/** One mask of a picture. */
export interface FoundMask {
  /** At the picture's size. */
  readonly rle: MaskRle;
  readonly area: number;
  /** Around the mask, in pixels of the picture. */
  readonly box: Box;
  /** How sure the model is, 0 to 1. */
  readonly score: number;
}
