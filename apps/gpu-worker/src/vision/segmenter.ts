// What outlines things in a picture that someone points at.
import type { FoundMask } from './found-mask.ts';
import type { SamEmbedding, SamPredictor } from './sam-predictor.ts';

/** A model that answers clicks, boxes and earlier masks with masks. */
export interface Segmenter
  extends Pick<SamPredictor, 'folder' | 'logitSide' | 'recall' | 'embed' | 'encode' | 'predict'> {
  /** Masks of everything in a picture, the surest first. Absent: a grid of clicks finds them. */
  everything?(embedding: SamEmbedding): FoundMask[];
}
