// OwlViTForObjectDetection: regions, queries, logits, the boxes in pixels, and pre-processing from bytes.
import { join } from 'node:path';
import { readConfig, readJson } from '@darkroom/gpu-worker/models/checkpoint';
import {
  OwlvitConfig,
  owlvitLogits,
  owlvitQueries,
  owlvitRegions,
  owlvitSimilarity,
} from '@darkroom/gpu-worker/models/owlvit';
import { unitVectors } from '@darkroom/gpu-worker/models/unit-vectors';
import type { Session } from '@darkroom/gpu-worker/runtime/session';
import { textDetections } from '@darkroom/gpu-worker/vision/owlvit-detections';
import { PictureTensorConfig, pictureTensor } from '@darkroom/gpu-worker/vision/picture-tensor';
import { reshape } from '@darkroom/graph/ops/movement';
import { input } from '@darkroom/graph/value';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { comparePicture, pictureOf } from './pictures.ts';

const bound = { absolute: 2e-4 };
const boxBound = { absolute: 1e-4 };

type Output = 'logits' | 'pred_boxes' | 'class_embeds' | 'image_embeds' | 'text_embeds' | 'logits_per_image';

/** Golden folder of one OWL-ViT: pictures are numbered, of each the bytes and what was found in it. */
export async function* checkOwlvit(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, OwlvitConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const { pixels } = pictureTensor(pictureOf(golden, 'image_u8.0'), preprocessor);
  yield comparePicture('pixel_values', pixels, golden.floats('pixel_values'));

  await using session = await compileOwlvit(folder, config, golden);
  const outputs = (await session.run<Output>({ pixels, ids: golden.integers('input_ids') })) as Record<
    Output,
    Float32Array
  >;
  const { logits, pred_boxes: boxes } = outputs;
  for (const name of ['logits', 'class_embeds', 'image_embeds', 'text_embeds'] as const) {
    yield compare(name, outputs[name], golden.floats(name), bound);
  }
  yield compare('pred_boxes', boxes, golden.floats('pred_boxes'), boxBound);

  const [height, width] = [...golden.integers('target_sizes')].map(Number) as [number, number];
  const found = textDetections({ logits, boxes }, { width, height }, golden.scalar('post.threshold'));
  const labels = Array.from(golden.integers('post.0.labels'), Number);
  yield compare(
    'post.0.labels',
    found.map(({ query }) => query),
    labels,
    {},
  );
  const scores = found.map(({ score }) => score);
  yield compare('post.0.scores', scores, golden.floats('post.0.scores'), bound);
  const corners = found.flatMap(({ box }) => box);
  const inPixels = { absolute: boxBound.absolute * Math.max(width, height) };
  yield compare('post.0.boxes', corners, golden.floats('post.0.boxes'), inPixels);
}

function compileOwlvit(folder: string, config: OwlvitConfig, golden: GoldenTensors): Promise<Session> {
  return compileNetwork(folder, (scope) => {
    const regions = owlvitRegions(scope, input('pixels', golden.shape('pixel_values')), config);
    const queries = owlvitQueries(scope, input('ids', golden.shape('input_ids'), 'int64'), config);
    return {
      logits: owlvitLogits(scope, regions, queries),
      pred_boxes: regions.boxes,
      // The reference hands them out as it compares them.
      class_embeds: unitVectors(regions.classEmbeddings, 1e-6),
      image_embeds: reshape(regions.features, golden.shape('image_embeds')),
      text_embeds: queries.embeddings,
      // Not among the recorded outputs, but its weights are in the file.
      logits_per_image: owlvitSimilarity(scope, regions.picture, queries),
    } satisfies Record<Output, unknown>;
  });
}
