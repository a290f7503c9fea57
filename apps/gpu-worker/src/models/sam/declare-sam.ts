// Every weight of a Segment Anything model, asked for by building it once.
import { Scope } from '@darkroom/graph/layers/scope';
import { input } from '@darkroom/graph/value';
import type { DeclaredWeights } from '../declare-weights.ts';
import { samImageEncoder } from './image-encoder.ts';
import { samMaskDecoder } from './mask-decoder.ts';
import { embedMask, embedPoints, imagePositions, noMask } from './prompt-encoder.ts';
import { guidePlanes, samRefiner } from './refiner.ts';
import { type AnySamConfig, gridSide, looksAgain } from './sam-config.ts';

/** What the checkpoint of a SAM holds: image encoder, prompt encoder and mask decoder. */
export function declareSam(config: AnySamConfig): DeclaredWeights {
  const scope = Scope.root();
  const vision = config.vision_config;
  const [pixels, side] = [vision.image_size, gridSide(vision)];
  const { embeddings, finer } = samImageEncoder(
    scope,
    input('image', [1, vision.num_channels, pixels, pixels]),
    config,
  );
  const image = input('embedding', embeddings.shape);
  const sparse = embedPoints(scope, input('points', [1, 1, 2]), input('kinds', [1, 1], 'int64'), config);
  embedMask(scope, input('mask', [1, 1, 4 * side, 4 * side]), config);
  const positions = imagePositions(scope, [side, side], config);
  const dense = noMask(scope, config);
  samMaskDecoder(scope, { image, dense, positions, sparse, finer }, config.mask_decoder_config);
  if (looksAgain(config)) {
    const { image_size: side } = config.refiner_config;
    const guide = input('guide', [1, guidePlanes, side / 2, side / 2]);
    samRefiner(scope, { image: input('window', [1, 3, side, side]), guide }, config);
  }
  return scope.parameters;
}
