// What a training step costs in forward passes: gradients and optimizer inside one graph.
import { access } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { unetNetwork } from '@darkroom/gpu-worker/diffusion/predictor';
import { readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { declareUnet } from '@darkroom/gpu-worker/models/declare-weights';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { Trainer } from '@darkroom/gpu-worker/training/trainer';
import { Scope } from '@darkroom/graph/layers/scope';
import { square, sub } from '@darkroom/graph/ops/elementwise';
import { reduceMean } from '@darkroom/graph/ops/reduction';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { warmUp } from '@darkroom/graph/optimizers/schedule';
import { sizeOf } from '@darkroom/graph/shape';
import { graphOf, input, nameOf, type Value } from '@darkroom/graph/value';
import { countFlops } from './flops.ts';
import { randomWeights } from './random-weights.ts';
import { median, repeated, type Time } from './timing.ts';

/** What the training benchmark measured. */
export interface TrainingFigures {
  readonly parameters: number;
  readonly batch: number;
  readonly forwardGflop: number;
  readonly forwardSeconds: number;
  /** Loss, gradients, clipping, AdamW and moving average. */
  readonly stepSeconds: number;
  /** By the wall clock. */
  readonly stepPerForward: number;
  /** By processor time of all threads: what counts on a machine that does other things. */
  readonly cpuStepPerForward: number;
}

/** The embedded model’s training batch at this size. */
const rows = 16;
const size = { width: 16, height: 16 };
const length = 32;

/** The embedded edit model's UNet where it is there, else one of the same kind. */
async function editUnet(): Promise<UnetConfig> {
  const folder = fileURLToPath(new URL('../weights/edit/unet', import.meta.url));
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (isThere) return readConfig(folder, UnetConfig);
  return UnetConfig.parse({
    in_channels: 32,
    out_channels: 16,
    block_out_channels: [128, 160, 192],
    down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
    layers_per_block: 1,
    norm_num_groups: 16,
    cross_attention_dim: 192,
  });
}

/** Measures forward passes and training steps of one network on one batch. */
export async function benchTraining(): Promise<TrainingFigures> {
  const config = await editUnet();
  const declared = declareUnet(config);
  const weights = randomWeights(declared);
  const network = unetNetwork(config, { rows, size, length });
  const forward = graphOf(network.build(Scope.root()));
  const forwardTime = await measureForward(forward, weights);
  const stepTime = await measureStep(network.build, weights);
  return {
    parameters: declared.values().reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    batch: rows,
    forwardGflop: countFlops(forward) / 1e9,
    forwardSeconds: forwardTime.seconds,
    stepSeconds: stepTime.seconds,
    stepPerForward: stepTime.seconds / forwardTime.seconds,
    cpuStepPerForward: stepTime.cpuSeconds / forwardTime.cpuSeconds,
  };
}

async function measureForward(
  graph: ReturnType<typeof graphOf>,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<Time> {
  await using session = await Session.compile(graph, { weights });
  const feeds = feedsFor(graph.inputs);
  return median(await repeated(3, () => session.run(feeds)));
}

async function measureStep(
  build: (scope: Scope) => Readonly<Record<string, Value>>,
  weights: ReadonlyMap<string, Float32Array>,
): Promise<Time> {
  const scope = Scope.root();
  const output = build(scope)['output'] as Value;
  const loss = reduceMean(square(sub(output, input('target', output.shape))));
  const plan = {
    loss,
    parameters: scope.parameters,
    optimizer: adamW(),
    learningRate: 1e-4,
    schedule: warmUp(10),
    maxGradientNorm: 1,
    averageDecay: 0.999,
  };
  await using trainer = await Trainer.create(plan, weights);
  const feeds = feedsFor(graphOf({ loss }).inputs);
  return median(await repeated(3, () => trainer.advance(feeds)));
}

function feedsFor(inputs: readonly Value[]): Record<string, Float32Array> {
  return Object.fromEntries(
    inputs.map((value) => [
      nameOf(value),
      Float32Array.from({ length: sizeOf(value.shape) }, (_, i) => Math.sin(i)),
    ]),
  );
}
