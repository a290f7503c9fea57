// What outlines things in a picture that someone points at.
import type { FoundMask } from './found-mask.ts';
import type { GenerateMasksOptions } from './generate-masks.ts';
import type { SamEmbedding, SamPredictor } from './sam-predictor.ts';

/** Which masks of a grid of clicks are kept. */
export type MaskFilters = Pick<GenerateMasksOptions, 'minScore' | 'minStability' | 'minRegionArea'>;

/** A model that answers clicks, boxes and earlier masks with masks. */
export interface Segmenter
  extends Pick<SamPredictor, 'folder' | 'logitSide' | 'recall' | 'embed' | 'encode' | 'predict' | 'maskOf'> {
  /** Masks of everything in a picture, the surest first. Absent: a grid of clicks finds them. */
  everything?(embedding: SamEmbedding): FoundMask[];
  /** Whether `maskOf` finds out more than an answer's logits tell. Absent: it does not. */
  readonly looksAgain?: boolean;
  /** How sure a grid of clicks must be of its masks. Absent: as published networks are. */
  readonly filters?: MaskFilters | undefined;
}
