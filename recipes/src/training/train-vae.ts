/** Trains the decoder's correction on top of the patch projection; the encoder is the projection and stays as it is. */

import { mkdir } from 'node:fs/promises';
import { AutoencoderPatchConfig, decodePatches } from '@darkroom/gpu-worker/models/autoencoder-patch';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { Scope } from '@darkroom/graph/layers/scope';
import { abs, add, sub } from '@darkroom/graph/ops/elementwise';
import { narrow } from '@darkroom/graph/ops/movement';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { cosineDecay, product, warmUp } from '@darkroom/graph/optimizers/schedule';
import { input, type Value } from '@darkroom/graph/value';
import { openCutouts, openPhotos } from '../data/store.ts';
import { dice } from '../dice.ts';
import { toPlanes } from '../pixels.ts';
import { advanceRun, type Report } from './advance-run.ts';
import { drawExample, type Sources } from './example.ts';
import { initializeParameters } from './initialize.ts';
import { encodePixels, type PatchProjection } from './patch-pca.ts';
import { readProjection } from './projection-file.ts';
import { randomView } from './view.ts';

export const vaeConfig: AutoencoderPatchConfig = AutoencoderPatchConfig.parse({
  latent_channels: 16,
  patch_size: 8,
  decoder_channels: 96,
  decoder_layers: 5,
});

export interface VaePlan {
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
  readonly learningRate: number;
  readonly folder: string;
  readonly cache: string;
  readonly projection: string;
  readonly saveEvery: number;
}

export interface TrainedVae {
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
}

const side = 128;
/** Rows of a batch that show a teacher's answer, so that sketches and nights are decoded well too. */
const editedRows = 2;

export async function trainVae(plan: VaePlan, report: Report): Promise<TrainedVae> {
  await mkdir(plan.folder, { recursive: true });
  const projection = await readProjection(plan.projection);
  const sources: Sources = {
    photos: await openPhotos(plan.cache, ['train']),
    cutouts: await openCutouts(plan.cache, ['train']),
  };
  const scope = Scope.root();
  const cells = side / projection.patch;
  const latent = input('latent', [plan.batch, projection.channels, cells, cells]);
  const decoded = decodePatches(scope, latent, vaeConfig);
  const loss = decodingLoss(decoded, input('image', decoded.shape));
  const initial = initializeParameters(
    scope.parameters,
    plan.seed,
    (name) => name === 'decoder.conv_out.weight',
  );
  initial.set('decoder.patch.weight', projection.backWeight);
  initial.set('decoder.patch.bias', projection.backBias);
  await using trainer = await Trainer.create(
    {
      loss,
      parameters: scope.parameters,
      optimizer: adamW({ beta2: 0.99, weightDecay: 0 }),
      learningRate: plan.learningRate,
      schedule: product(warmUp(50), cosineDecay(plan.steps, 0.02)),
      maxGradientNorm: 1,
      averageDecay: 0.99,
    },
    initial,
  );
  const { folder, saveEvery, steps } = plan;
  const run = { folder, saveEvery, end: steps, total: steps };
  await advanceRun(trainer, run, (step) => vaeBatch(sources, projection, plan, step), report);
  const weights = trainer.weights('average');
  weights.set('encoder.patch.weight', projection.weight);
  weights.set('encoder.patch.bias', projection.bias);
  const shapes = new Map<string, readonly number[]>(
    [...scope.parameters].map(([name, { shape }]) => [name, shape]),
  );
  shapes.set('encoder.patch.weight', [projection.channels, 3, projection.patch, projection.patch]);
  shapes.set('encoder.patch.bias', [projection.channels]);
  return { weights, shapes };
}

/** Mean absolute error of the pixels and of their differences to the right and below. */
function decodingLoss(decoded: Value, image: Value): Value {
  const error = sub(decoded, image);
  const differences = [2, 3].map((axis) => {
    const size = error.shape[axis] as number;
    return reduceMean(abs(sub(narrow(error, axis, 1, size), narrow(error, axis, 0, size - 1))));
  });
  return differences.reduce(add, reduceMean(abs(error)));
}

function vaeBatch(
  sources: Sources,
  projection: PatchProjection,
  plan: VaePlan,
  step: number,
): { latent: Float32Array; image: Float32Array } {
  const size = { width: side, height: side };
  const cells = (side / projection.patch) ** 2 * projection.channels;
  const latent = new Float32Array(plan.batch * cells);
  const image = new Float32Array(plan.batch * 3 * side * side);
  for (let row = 0; row < plan.batch; row++) {
    const index = step * plan.batch + row;
    const random = dice(plan.seed, index);
    const photo = sources.photos.photo(Math.floor(random() * sources.photos.entries.length));
    const view =
      row < editedRows ? drawExample(sources, size, plan.seed, index).after : randomView(photo, size, random);
    latent.set(encodePixels(projection, view), row * cells);
    image.set(toPlanes(view), row * 3 * side * side);
  }
  return { latent, image };
}
