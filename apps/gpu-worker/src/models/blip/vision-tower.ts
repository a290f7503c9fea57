/** The vision tower of BLIP (Li et al. 2022), with the tensor names of transformers' `BlipVisionModel`. */
import type { Scope } from '@darkroom/graph/layers/scope';
import type { Value } from '@darkroom/graph/value';
import { patchTokens } from '../patch-tokens.ts';
import type { BlipVisionConfig } from './config.ts';
import { detectorCells, detectorStates, detectorTokenCount } from './detector-vision.ts';
import { visionLayers } from './vision-layers.ts';

/** How many states a picture has, the class token's included. */
export function pictureStateCount(config: BlipVisionConfig): number {
  const parts =
    config.model_type === 'centernet'
      ? detectorTokenCount(config)
      : (config.image_size / config.patch_size) ** 2;
  return 1 + parts;
}

/**
 * Class token, then patches row by row (or what a detector tells), after the last norm: [B, 1 + patches, hidden].
 *
 * @param pixels float32 [B, 3, image_size, image_size], as the folder's `preprocessor_config.json` makes them
 */
export function blipVision(scope: Scope, pixels: Value, config: BlipVisionConfig): Value {
  if (config.model_type === 'centernet')
    return detectorStates(scope, detectorCells(scope, pixels, config), config);
  const model = scope.child('vision_model');
  const { hidden_size: width, patch_size: side } = config;
  const embedding = model.child('embeddings', 'patch_embedding');
  return visionLayers(model, patchTokens(embedding, pixels, { side, width, bias: true }), config);
}
