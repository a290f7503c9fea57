// SamModel: pre-processing, every hidden state of the encoder, embeddings of every kind of prompt, masks and their scores.
import { join } from 'node:path';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { declareSam } from '@darkroom/gpu-worker/models/sam/declare-sam';
import { samMaskDecoder } from '@darkroom/gpu-worker/models/sam/mask-decoder';
import {
  embedMask,
  embedPoints,
  imagePositions,
  noMask,
  pointKinds,
} from '@darkroom/gpu-worker/models/sam/prompt-encoder';
import { gridSide, SamConfig } from '@darkroom/gpu-worker/models/sam/sam-config';
import { samVisionEncoder } from '@darkroom/gpu-worker/models/sam/vision-encoder';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { aboveThreshold, logitsOfPicture } from '@darkroom/gpu-worker/vision/mask-logits';
import { type Fit, samPixels } from '@darkroom/gpu-worker/vision/sam-image';
import { Scope } from '@darkroom/graph/layers/scope';
import { reshape, transpose } from '@darkroom/graph/ops/movement';
import { graphOf, input, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { comparePicture, pictureOf } from './pictures.ts';

const bound = { absolute: 2e-4 };

/** What a tensor list says of a published model's encoder; all else is the same in every size. */
const PublishedEncoder = z.object({
  hidden_size: z.int(),
  layers: z.int(),
  heads: z.int(),
  global_attn_indexes: z.array(z.int()),
});

/** The configuration behind a published tensor list. */
export function publishedSam(config: unknown): SamConfig {
  const { layers, heads, ...vision } = PublishedEncoder.parse(config);
  return SamConfig.parse({
    vision_config: { ...vision, num_hidden_layers: layers, num_attention_heads: heads },
  });
}

interface Golden {
  readonly config: SamConfig;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly tensors: GoldenTensors;
}

/** Golden folder of one SAM. */
export async function* checkSam(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, SamConfig);
  const weights = await loadParameters(folder, declareSam(config));
  const golden = { config, weights, tensors: await GoldenTensors.read(join(folder, 'io.safetensors')) };
  const { pixels, fit } = samPixels(pictureOf(golden.tensors, 'image_u8'), config.vision_config.image_size);
  yield comparePicture('pixel_values', pixels, golden.tensors.floats('pixel_values'));
  yield* checkVision(golden);
  for (const name of golden.tensors.names.filter((tensor) => tensor.endsWith('.sparse_embeddings'))) {
    yield* checkPrompt(golden, name.slice(0, -'.sparse_embeddings'.length), fit);
  }
}

function compileGolden({ weights }: Golden, build: (scope: Scope) => Readonly<Record<string, Value>>) {
  return Session.compile(graphOf(build(Scope.root())), { weights });
}

async function* checkVision(golden: Golden): AsyncGenerator<Measurement> {
  const { config, tensors } = golden;
  const side = gridSide(config.vision_config);
  const width = config.prompt_encoder_config.hidden_size;
  await using session = await compileGolden(golden, (scope) => {
    const image = input('image', tensors.shape('pixel_values'));
    const { embeddings, hiddenStates } = samVisionEncoder(scope, image, config.vision_config);
    const positions = transpose(imagePositions(scope, [side, side], config), [0, 2, 1]);
    return {
      ...Object.fromEntries(hiddenStates.map((state, i) => [`vision.hidden_states.${i}`, state])),
      image_embeddings: embeddings,
      image_positional_embeddings: reshape(positions, [1, width, side, side]),
    };
  });
  const outputs = await session.run({ image: tensors.floats('pixel_values') });
  for (const [name, values] of Object.entries(outputs)) {
    yield compare(name, values as Float32Array, tensors.floats(name), bound);
  }
}

/** Points of a case: its clicks, then the corners of its box or the token that stands for the lack of one. */
function promptOf(
  { tensors }: Golden,
  name: string,
): { points: Float32Array; kinds: BigInt64Array; shape: readonly [number, number] } {
  const labels = tensors.has(`${name}.input_labels`) ? tensors.integers(`${name}.input_labels`) : undefined;
  const boxes = tensors.has(`${name}.input_boxes`) ? tensors.floats(`${name}.input_boxes`) : undefined;
  const prompts = tensors.shape(`${name}.sparse_embeddings`)[1] as number;
  const clicks = (labels?.length ?? 0) / prompts;
  const count = clicks + (boxes ? 2 : 1);
  const points = new Float32Array(2 * prompts * count);
  const kinds = new BigInt64Array(prompts * count).fill(BigInt(pointKinds.none));
  for (let prompt = 0; prompt < prompts; prompt++) {
    for (let click = 0; click < clicks; click++) {
      const label = Number(labels?.[prompt * clicks + click]);
      kinds[prompt * count + click] = BigInt(label === -10 ? pointKinds.empty : label);
    }
    if (labels) {
      const from = tensors
        .floats(`${name}.input_points`)
        .subarray(2 * prompt * clicks, 2 * (prompt + 1) * clicks);
      points.set(from, 2 * prompt * count);
    }
    if (!boxes) continue;
    points.set(boxes.subarray(4 * prompt, 4 * prompt + 4), 2 * (prompt * count + clicks));
    kinds[prompt * count + clicks] = BigInt(pointKinds.topLeft);
    kinds[prompt * count + clicks + 1] = BigInt(pointKinds.bottomRight);
  }
  return { points, kinds, shape: [prompts, count] };
}

async function* checkPrompt(golden: Golden, name: string, fit: Fit): AsyncGenerator<Measurement> {
  const { config, tensors } = golden;
  const side = gridSide(config.vision_config);
  const { points, kinds, shape } = promptOf(golden, name);
  const maskName = `${name}.input_masks`;
  const hasMask = tensors.has(maskName);
  await using session = await compileGolden(golden, (scope) => {
    const sparse = embedPoints(scope, input('points', [...shape, 2]), input('kinds', shape, 'int64'), config);
    const dense = hasMask
      ? embedMask(scope, input('mask', tensors.shape(maskName)), config)
      : noMask(scope, config);
    const image = input('image', tensors.shape('image_embeddings'));
    const positions = imagePositions(scope, [side, side], config);
    const decoded = samMaskDecoder(scope, { image, dense, positions, sparse }, config.mask_decoder_config);
    return { sparse, ...decoded, ...(hasMask && { dense }) };
  });
  const outputs = await session.run<'sparse' | 'masks' | 'iou' | 'dense'>({
    points,
    kinds,
    image: tensors.floats('image_embeddings'),
    ...(hasMask && { mask: tensors.floats(maskName) }),
  });
  const { sparse, masks, iou, dense } = outputs as Record<string, Float32Array>;
  const compared = (output: string, values: Float32Array | undefined): Measurement =>
    compare(`${name}.${output}`, values ?? [], tensors.floats(`${name}.${output}`), bound);
  yield compared('sparse_embeddings', sparse);
  if (hasMask) yield compared('dense_embeddings', dense);
  const all = 1 + config.mask_decoder_config.num_multimask_outputs;
  for (const [output, first, end] of [
    ['single', 0, 1],
    ['multi', 1, all],
  ] as const) {
    const range = { prompts: shape[0], all, first, end };
    yield compared(`${output}.iou_scores`, pick(iou as Float32Array, range));
    yield compared(`${output}.pred_masks`, pick(masks as Float32Array, range));
  }
  if (tensors.has(`${name}.postprocess.mask`)) yield* checkPictures(golden, name, fit);
}

/** Entries `first … end - 1` of the `all` answers to each prompt. */
function pick(
  values: Float32Array,
  { prompts, all, first, end }: Readonly<Record<'prompts' | 'all' | 'first' | 'end', number>>,
): Float32Array {
  const size = values.length / prompts / all;
  const picked = new Float32Array(prompts * (end - first) * size);
  for (let prompt = 0; prompt < prompts; prompt++) {
    const start = prompt * all * size;
    picked.set(values.subarray(start + first * size, start + end * size), prompt * (end - first) * size);
  }
  return picked;
}

/** The reference's own small masks, at the picture's size. */
function* checkPictures({ tensors }: Golden, name: string, fit: Fit): Generator<Measurement> {
  const masks = tensors.floats(`${name}.multi.pred_masks`);
  const [, , count, height, width] = tensors.shape(`${name}.multi.pred_masks`) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const planes = Array.from({ length: count }, (_, mask) => {
    const data = masks.subarray(mask * height * width, (mask + 1) * height * width);
    return logitsOfPicture({ width, height, data }, fit);
  });
  const logits = planes.flatMap(({ data }) => [...data]);
  yield compare(`${name}.postprocess.logits`, logits, tensors.floats(`${name}.postprocess.logits`), bound);
  const bits = planes.flatMap((plane) => [...aboveThreshold(plane).data]);
  yield compare(`${name}.postprocess.mask`, bits, tensors.bytes(`${name}.postprocess.mask`), {});
}
