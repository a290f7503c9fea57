// A Segment Anything folder as transformers.js opens it, written from our graphs with the given weights.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { imagePositions } from '@darkroom/gpu-worker/models/sam/prompt-encoder';
import { gridSide, type SamConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { Scope } from '@darkroom/graph/layers/scope';
import { writeOnnx } from '@darkroom/graph/onnx/write';
import { scale } from '@darkroom/graph/ops/elementwise';
import { reshape, transpose } from '@darkroom/graph/ops/movement';
import { type Graph, graphOf, input } from '@darkroom/graph/value';
import { exportedSamEncoder } from './exported-encoder.ts';

/** The encoder as its public exports have it. */
export function exportedEncoderGraph(config: SamConfig): Graph {
  const scope = Scope.root();
  const { vision_config: vision } = config;
  const [pixels, side] = [vision.image_size, gridSide(vision)];
  const image = input('pixel_values', [1, vision.num_channels, pixels, pixels]);
  const places = transpose(imagePositions(scope, [side, side], config), [0, 2, 1]);
  return graphOf({
    image_embeddings: exportedSamEncoder(scope, image, vision),
    image_positional_embeddings: reshape(places, [1, vision.output_channels, side, side]),
  });
}

/** @param weights of the vision encoder and the shared positions, by transformers' names */
export async function writePeerModel(
  folder: string,
  config: SamConfig,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<void> {
  await mkdir(join(folder, 'onnx'), { recursive: true });
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ model_type: 'sam', architectures: ['SamModel'], ...config }),
  );
  const encoder = writeOnnx(exportedEncoderGraph(config), weights);
  await writeFile(join(folder, 'onnx', 'vision_encoder.onnx'), encoder);
  // The class opens both files; only the encoder is run.
  const decoder = graphOf({ pred_masks: scale(input('image_embeddings', [1]), 1) });
  await writeFile(join(folder, 'onnx', 'prompt_encoder_mask_decoder.onnx'), writeOnnx(decoder));
}
