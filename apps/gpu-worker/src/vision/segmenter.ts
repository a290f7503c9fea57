// What outlines things in a picture that someone points at.
import type { SamPredictor } from './sam-predictor.ts';

/** A model that answers clicks, boxes and earlier masks with masks. */
export type Segmenter = Pick<
  SamPredictor,
  'folder' | 'logitSide' | 'recall' | 'embed' | 'encode' | 'predict'
>;
