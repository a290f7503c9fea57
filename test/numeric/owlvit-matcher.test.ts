import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { declareOwlvit, OwlvitConfig, owlvitLogits, owlvitRegions } from '@darkroom/gpu-worker/models/owlvit';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { clipBox } from '@darkroom/gpu-worker/vision/boxes';
import { chooseQuery, imageDetections } from '@darkroom/gpu-worker/vision/owlvit-detections';
import { openOwlvitMatcher } from '@darkroom/gpu-worker/vision/owlvit-matcher';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input } from '@darkroom/graph/value';
import { afterAll, expect, it } from 'vitest';
import { GoldenTensors } from '../../verify/golden-tensors.ts';
import { pictureOf } from '../../verify/pictures.ts';

const folder = fileURLToPath(new URL('../goldens/owlvit_tiny', import.meta.url));
const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
const [example, picture] = [pictureOf(golden, 'image_u8.0'), pictureOf(golden, 'image_u8.0')];
const store = new ModelStore({ budgetBytes: 1e8, threads: 1 });
afterAll(() => store[Symbol.asyncDispose]());

it('finds in a picture what the patch that fits the example’s box best stands for', async () => {
  const config = await readConfig(folder, OwlvitConfig);
  const box = [0, 0, example.width / 2, example.height / 2] as const;
  const scope = Scope.root();
  const regions = owlvitRegions(scope, input('pixels', golden.shape('pixel_values')), config);
  const { boxes, classEmbeddings } = regions;
  const embeddings = input('query', [1, config.projection_dim]);
  const logits = owlvitLogits(scope, regions, { embeddings });
  const weights = await loadParameters(folder, declareOwlvit(config));
  await using session = await Session.compile(graphOf({ boxes, classEmbeddings, logits }), { weights });
  const look = async (query: Float32Array) =>
    (await session.run({ pixels: golden.floats('pixel_values'), query })) as Record<
      'boxes' | 'classEmbeddings' | 'logits',
      Float32Array
    >;
  const { embedding } = chooseQuery(await look(new Float32Array(config.projection_dim)), [0, 0, 0.5, 0.5]);
  const expected = imageDetections(await look(embedding), picture, { threshold: 0.3 });

  const matcher = await openOwlvitMatcher(folder, store);
  const found = await matcher.find(picture, { picture: example, box }, { threshold: 0.3 });
  expect(found.length).toBe(expected.length);
  expect(found[0]?.strength).toBeCloseTo(1, 5);
  found.forEach(({ box: at, strength }, i) => {
    expect(strength).toBeCloseTo(expected[i]?.strength as number, 3);
    clipBox(expected[i]!.box, picture).forEach((side, k) => {
      expect(at[k]).toBeCloseTo(side, 1);
    });
  });
});
