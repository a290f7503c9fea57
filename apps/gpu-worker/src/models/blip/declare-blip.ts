import { Scope } from '@darkroom/graph/layers/scope';
import { input } from '@darkroom/graph/value';
import type { DeclaredWeights } from '../declare-weights.ts';
import type { BlipConfig } from './config.ts';
import { blipLogits } from './text-decoder.ts';
import { blipVision } from './vision-tower.ts';

/** A second name, in some files, of `text_decoder.cls.predictions.bias`. */
export const tiedBlipCopy = /^text_decoder\.cls\.predictions\.decoder\.bias$/;

/** What the checkpoint of a BLIP for captions holds, but for the copy {@link tiedBlipCopy}. */
export function declareBlip(config: BlipConfig): DeclaredWeights {
  const scope = Scope.root();
  const { image_size: side } = config.vision_config;
  const picture = blipVision(scope, input('pixels', [1, 3, side, side]), config.vision_config);
  blipLogits(scope, input('ids', [1, 1], 'int64'), picture, config.text_config);
  return scope.parameters;
}
