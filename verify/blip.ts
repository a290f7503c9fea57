// BlipForConditionalGeneration: vision tower, logits and loss of whole texts, captions by greedy and beam search, pre-processing.
import { join } from 'node:path';
import { BlipConfig } from '@darkroom/gpu-worker/models/blip/config';
import { declareBlip, tiedBlipCopy } from '@darkroom/gpu-worker/models/blip/declare-blip';
import { blipPicture, blipStep } from '@darkroom/gpu-worker/models/blip/decoder-step';
import { captionLogits } from '@darkroom/gpu-worker/models/blip/next-logits';
import { blipLogits, captionLoss } from '@darkroom/gpu-worker/models/blip/text-decoder';
import { blipVision } from '@darkroom/gpu-worker/models/blip/vision-tower';
import { loadParameters, readConfig, readJson } from '@darkroom/gpu-worker/models/checkpoint';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { beamText } from '@darkroom/gpu-worker/vision/beam-search';
import { PictureTensorConfig, pictureTensor } from '@darkroom/gpu-worker/vision/picture-tensor';
import { greedyText, type NextLogits } from '@darkroom/gpu-worker/vision/text-decoding';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, input, type Value } from '@darkroom/graph/value';
import { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { comparePicture, pictureOf } from './pictures.ts';

const bound = { absolute: 2e-4 };

/** Golden folder of one BLIP captioner. */
export async function* checkBlip(folder: string): AsyncGenerator<Measurement> {
  const config = await readConfig(folder, BlipConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  const preprocessor = await readJson(join(folder, 'preprocessor_config.json'), PictureTensorConfig);
  const { pixels } = pictureTensor(pictureOf(golden, 'preprocess.image_u8'), preprocessor);
  yield comparePicture('preprocess.pixel_values', pixels, golden.floats('preprocess.pixel_values'));
  const weights = await loadParameters(folder, declareBlip(config), { ignore: tiedBlipCopy });
  const checked: Checked = {
    config,
    golden,
    compile: (build) => Session.compile(graphOf(build(Scope.root())), { weights }),
  };
  yield* checkWholeTexts(checked);
  yield* checkCaptions(checked);
}

interface Checked {
  readonly config: BlipConfig;
  readonly golden: GoldenTensors;
  /** Compiles one of the networks that share the weights. */
  readonly compile: (build: (scope: Scope) => Readonly<Record<string, Value>>) => Promise<Session>;
}

async function* checkWholeTexts({ config, golden, compile }: Checked): AsyncGenerator<Measurement> {
  await using session = await compile((scope) => {
    const picture = blipVision(scope, input('pixels', golden.shape('pixel_values')), config.vision_config);
    const ids = input('ids', golden.shape('generate.ids'), 'int64');
    const prompted = input('prompted', golden.shape('prompt.generate.ids'), 'int64');
    const logits = blipLogits(scope, ids, picture, config.text_config);
    return {
      'vision.last_hidden_state': picture,
      'generate.logits': logits,
      'prompt.logits': blipLogits(scope, prompted, picture, config.text_config),
      loss: captionLoss(logits, ids),
    };
  });
  const outputs = await session.run({
    pixels: golden.floats('pixel_values'),
    ids: golden.integers('generate.ids'),
    prompted: golden.integers('prompt.generate.ids'),
  });
  for (const [name, values] of Object.entries(outputs)) {
    yield compare(name, values as Float32Array, golden.floats(name), bound);
  }
}

/** What a recorded batch of captions was made with. */
interface Recorded {
  readonly output: string;
  readonly maxLength: number;
  readonly prompt?: string;
  readonly beams?: number;
}

const recordings: readonly Recorded[] = [
  { output: 'generate.ids', maxLength: 20 },
  { output: 'prompt.generate.ids', maxLength: 24, prompt: 'prompt.input_ids' },
  { output: 'beam3.ids', maxLength: 16, beams: 3 },
];

async function* checkCaptions({ config, golden, compile }: Checked): AsyncGenerator<Measurement> {
  const [pictures, ...sides] = golden.shape('pixel_values') as [number, ...number[]];
  const shape = { rows: 3, length: 24 };
  await using look = await compile((scope) => blipPicture(scope, input('pixels', [1, ...sides]), config));
  await using step = await compile((scope) => blipStep(scope, shape, config));
  const captions: Record<string, number[]> = {};
  for (let at = 0; at < pictures; at++) {
    const pixels = rowOf(golden.floats('pixel_values'), at, pictures);
    const picture = await look.run({ pixels });
    const run = step.run.bind(step);
    const next = captionLogits({ run, shape, config: config.text_config, picture });
    for (const recorded of recordings) {
      const text = await caption(next, recorded, { golden, config, at });
      const padded = Array.from({ length: recorded.maxLength }, (_, i) => text[i] ?? 0);
      captions[recorded.output] = [...(captions[recorded.output] ?? []), ...padded];
    }
  }
  for (const [name, ids] of Object.entries(captions)) {
    yield compare(name, ids, Array.from(golden.integers(name), Number), {});
  }
}

function caption(
  next: NextLogits,
  { maxLength, prompt, beams }: Recorded,
  { golden, config, at }: Omit<Checked, 'compile'> & { readonly at: number },
): Promise<number[]> {
  const { bos_token_id: begin, sep_token_id: end } = config.text_config;
  const given = prompt === undefined ? [] : Array.from(rowOf(golden.integers(prompt), at, 3), Number);
  // A prompt comes between the tokenizer's marks: its first gives way to the decoder's, its last goes.
  const options = { start: [begin, ...given.slice(1, -1)], end, maxLength };
  return beams === undefined ? greedyText(next, options) : beamText(next, { ...options, beams });
}

function rowOf<T extends Float32Array | BigInt64Array>(values: T, at: number, rows: number): T {
  const size = values.length / rows;
  return values.slice(at * size, (at + 1) * size) as T;
}
