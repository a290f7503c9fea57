/** Whichever image encoder a configuration names. */
import type { Scope } from '@darkroom/graph/layers/scope';
import type { Value } from '@darkroom/graph/value';
import { centernetEncoder } from './centernet-encoder.ts';
import { type FinerFeatures, finerFeatures } from './mask-decoder.ts';
import { type AnySamConfig, seesByCenternet } from './sam-config.ts';
import { samVisionEncoder } from './vision-encoder.ts';

/** An encoded image. */
export interface SamImage {
  /** [N, C, h, w] */
  readonly embeddings: Value;
  /** Absent: the encoder has none. */
  readonly finer?: FinerFeatures;
}

/** @param image [N, 3, H, W], as `samPixels` of the same configuration makes it */
export function samImageEncoder(scope: Scope, image: Value, config: AnySamConfig): SamImage {
  if (!seesByCenternet(config))
    return { embeddings: samVisionEncoder(scope, image, config.vision_config).embeddings };
  const { embeddings, finer } = centernetEncoder(scope, image, config.vision_config);
  return { embeddings, finer: finerFeatures(scope, finer, config.mask_decoder_config) };
}
