// CLIPModel: vision tower, both projections, similarity, and pre-processing from bytes to vectors.
import { join } from 'node:path';
import { readConfig, readJson } from '@darkroom/gpu-worker/models/checkpoint';
import {
  ClipConfig,
  clipImageFeatures,
  clipLogits,
  clipTextFeatures,
} from '@darkroom/gpu-worker/models/clip';
import { clipVision } from '@darkroom/gpu-worker/models/clip-vision';
import { unitVectors } from '@darkroom/gpu-worker/models/unit-vectors';
import type { Session } from '@darkroom/gpu-worker/runtime/session';
import { PictureTensorConfig, pictureTensor } from '@darkroom/gpu-worker/vision/picture-tensor';
import { transposeLast } from '@darkroom/graph/ops/matmul';
import { input } from '@darkroom/graph/value';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { comparePicture, pictureOf } from './pictures.ts';

const bound = { absolute: 1e-4 };

/** Golden folder of one CLIP. */
export async function* checkClip(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, ClipConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  await using session = await compileClip(folder, config, golden);
  const ids = golden.integers('input_ids');
  const outputs = await session.run({ pixels: golden.floats('pixel_values'), ids });
  for (const [name, values] of Object.entries(outputs)) {
    yield compare(name, values as Float32Array, golden.floats(name), bound);
  }
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  for (const [i, at] of [0, 1].entries()) {
    const name = `preprocess.${at}`;
    const { pixels } = pictureTensor(pictureOf(golden, `${name}.image_u8`), preprocessor);
    yield comparePicture(`${name}.pixel_values`, pixels, golden.floats(`${name}.pixel_values`));
    // The network takes two pictures at a time: the one beside it must not matter.
    const batch = new Float32Array(2 * pixels.length);
    batch.set(pixels, i * pixels.length);
    const { image_embeds } = await session.run<'image_embeds'>({ pixels: batch, ids });
    const width = config.projection_dim;
    const row = (image_embeds as Float32Array).subarray(i * width, (i + 1) * width);
    yield compare(`${name}.image_embeds`, row, golden.floats(`${name}.image_embeds`), bound);
  }
}

function compileClip(folder: string, config: ClipConfig, golden: GoldenTensors): Promise<Session> {
  return compileNetwork(folder, (scope) => {
    const pixels = input('pixels', golden.shape('pixel_values'));
    const vision = clipVision(scope, pixels, config.vision_config);
    const images = clipImageFeatures(scope, pixels, config);
    const texts = clipTextFeatures(scope, input('ids', golden.shape('input_ids'), 'int64'), config);
    const logits = clipLogits(scope, images, texts);
    return {
      'vision.last_hidden_state': vision.lastHiddenState,
      'vision.pooler_output': vision.pooled,
      image_features_unnormalized: images,
      text_features_unnormalized: texts,
      image_embeds: unitVectors(images),
      text_embeds: unitVectors(texts),
      logits_per_image: logits,
      logits_per_text: transposeLast(logits),
    };
  });
}

/** The sizes of `openai/clip-vit-large-patch14`. */
export const clipVitL14 = {
  projection_dim: 768,
  text_config: { hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12 },
  vision_config: {
    hidden_size: 1024,
    intermediate_size: 4096,
    num_hidden_layers: 24,
    num_attention_heads: 16,
    patch_size: 14,
  },
} as const;
