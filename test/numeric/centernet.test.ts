import { fileURLToPath } from 'node:url';
import { centernetBackbone } from '@darkroom/gpu-worker/models/centernet/backbone';
import { CenternetConfig } from '@darkroom/gpu-worker/models/centernet/config';
import { declareCenternet } from '@darkroom/gpu-worker/models/centernet/declare-centernet';
import {
  boxSides,
  centernetNeck,
  classFeatures,
  classLogits,
} from '@darkroom/gpu-worker/models/centernet/heads';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input } from '@darkroom/graph/value';
import { describe, expect, it } from 'vitest';
import golden from './centernet-features.json' with { type: 'json' };

const folder = fileURLToPath(new URL('../../weights/detect', import.meta.url));
const side = 512;

/** The picture that the golden names, channels first. */
function goldenPicture(): Float32Array {
  const image = new Float32Array(3 * side * side);
  for (let i = 0; i < image.length; i++) {
    const [channel, row, column] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side];
    const value = row * (7 + channel) + column * (3 + 2 * channel) + ((row * column) >> (4 + channel));
    image[i] = value % 256;
  }
  return image;
}

async function detectorOutputs(): Promise<Record<string, Float32Array>> {
  const config = await readConfig(folder, CenternetConfig);
  const weights = await loadParameters(folder, declareCenternet(config), { ignore: /^words\./ });
  const scope = Scope.root();
  const image = input('image', [1, 3, side, side]);
  const features = centernetBackbone(scope.child('backbone'), image, config.backbone_config);
  const fused = centernetNeck(scope.child('neck'), features, config);
  const logits = classLogits(scope, classFeatures(scope, fused), config.labels.length);
  const graph = graphOf({ ...features, fused, logits, sides: boxSides(scope, fused) });
  await using session = await Session.compile(graph, { weights });
  return (await session.run({ image: goldenPicture() })) as Record<string, Float32Array>;
}

describe('CenterNet', () => {
  it('computes what the published detector computes in TensorFlow.js', async () => {
    const outputs = await detectorOutputs();
    for (const [name, expected] of Object.entries(golden.outputs)) {
      const [, , rows = 0, columns = 0] = expected.shape;
      const data = outputs[name] as Float32Array;
      const channel = (row: number, column: number): number[] =>
        expected.middle.map((_, i) => data[(7 * i * rows + row) * columns + column] as number);
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const meanSquare = data.reduce((sum, value) => sum + value ** 2, 0) / data.length;
      const measured = [
        mean,
        meanSquare,
        ...channel(rows / 2, columns / 2),
        ...channel(rows - 1, columns - 1),
      ];
      const recorded = [expected.mean, expected.meanSquare, ...expected.middle, ...expected.last];
      // Float32 in another order of summation; values reach a few hundred.
      const worst = Math.max(
        ...measured.map(
          (value, i) => Math.abs(value - (recorded[i] as number)) / (1 + Math.abs(recorded[i] as number)),
        ),
      );
      expect(data).toHaveLength(expected.shape.reduce((product, axis) => product * axis, 1));
      expect(worst, name).toBeLessThan(2e-5);
    }
  });
});
