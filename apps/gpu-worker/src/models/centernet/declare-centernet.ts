// Every weight of a CenterNet, asked for by building it once.
import { Scope } from '@darkroom/graph/layers/scope';
import { input } from '@darkroom/graph/value';
import type { DeclaredWeights } from '../declare-weights.ts';
import { centernetBackbone } from './backbone.ts';
import type { CenternetConfig } from './config.ts';
import { boxSides, centernetNeck, classFeatures, classLogits } from './heads.ts';

/** What the checkpoint of a CenterNet holds: backbone, neck and heads. */
export function declareCenternet(config: CenternetConfig): DeclaredWeights {
  const scope = Scope.root();
  const image = input('image', [1, config.backbone_config.num_channels, 64, 64]);
  const features = centernetBackbone(scope.child('backbone'), image, config.backbone_config);
  const fused = centernetNeck(scope.child('neck'), features, config);
  classLogits(scope, classFeatures(scope, fused), config.labels.length);
  boxSides(scope, fused);
  return scope.parameters;
}
