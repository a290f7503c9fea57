// LoRA on a UNet's attention: loss and gradients, other targets and weights, AdamW steps, inference, fusing.
import { join } from 'node:path';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { UnetConfig } from '@darkroom/gpu-worker/models/unet-config';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { gradient } from '@darkroom/graph/gradient';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { clipByGlobalNorm, globalNorm } from '@darkroom/graph/optimizers/clip';
import { graphOf, input, parameter, type Value } from '@darkroom/graph/value';
import { toVelocity } from '@darkroom/shared/parameterization';
import { snr, trainingLevel } from '@darkroom/shared/schedulers/noise';
import { GoldenTensors } from './golden-tensors.ts';
import {
  adapted,
  adaptersOf,
  all,
  batchFeeds,
  get,
  type LoraSetting,
  LoraTraining,
  run,
  slotNames,
} from './lora-network.ts';
import { compareMany, shareBeyond, type TensorPair } from './many-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { type NoisyBatch, noisyBatch, perRow, readTrainingConfig, rowOf } from './training-config.ts';

const lossBound = { relative: 1e-5 };
const gradientBound = { relative: 1e-3 };
const outputBound = { absolute: 2e-4 };
const minSnr = 5;

/** Golden folder of one LoRA training. */
export async function* checkLora(folder: string): AsyncGenerator<Measurement> {
  const config = await readTrainingConfig(folder, LoraTraining);
  const base = join(folder, config.base_unet);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  const initial = await GoldenTensors.read(join(folder, 'pytorch_lora_weights.init.safetensors'));
  const unetConfig = await readConfig(base, UnetConfig);
  const batch = noisyBatch(golden, config.scheduler);
  const setting = { config, unetConfig, base, golden, initial, batch };
  yield compare('noisy_latents', batch.latents, golden.floats('noisy_latents'), { relative: 1e-6 });
  yield* checkLosses(setting);
  yield* checkSteps(setting, 'adamw');
  yield* checkSteps(setting, 'adamw_clip');
  yield* checkInference(setting);
  yield* checkFusing(setting);
}

/** Loss and gradients; then the same graph with the v target, and with min-SNR weights of the rows. */
async function* checkLosses(setting: LoraSetting): AsyncGenerator<Measurement> {
  const { golden, batch, initial } = setting;
  const { network, adapters, scope } = adapted(setting);
  const weights = [...adapters.parameters.values()];
  const flows = gradient(network.loss, [...weights, network.sample, network.context]);
  const adapterFlows = flows.slice(0, weights.length);
  const named = [...adapters.parameters.keys()].map((name, i) => [`grad.${name}`, adapterFlows[i] as Value]);
  const graph = graphOf(
    {
      predicted: network.predicted,
      loss: network.loss,
      grad_norm: globalNorm(adapterFlows),
      sample_flow: flows.at(-2) as Value,
      context_flow: flows.at(-1) as Value,
      ...Object.fromEntries(named),
    },
    weights,
  );
  await using session = await Session.compile(graph, {
    weights: await loadParameters(setting.base, scope.parameters),
  });
  const feeds = batchFeeds(setting);
  const outputs = await run(session, feeds);
  yield compare('model_pred', get(outputs, 'predicted'), golden.floats('model_pred'), outputBound);
  yield compare('loss', get(outputs, 'loss'), golden.floats('loss'), lossBound);
  yield compare('grad_norm', get(outputs, 'grad_norm'), golden.floats('grad_norm'), { relative: 1e-4 });
  const pairs = initial.names.map((name) => pair(`grad.${name}`, outputs, golden));
  yield compareMany('gradients', pairs, gradientBound);
  yield compare(
    'grad_input.noisy_latents',
    get(outputs, 'sample_flow'),
    golden.floats('grad_input.noisy_latents'),
    gradientBound,
  );
  yield compare(
    'grad_input.encoder_hidden_states',
    get(outputs, 'context_flow'),
    golden.floats('grad_input.encoder_hidden_states'),
    gradientBound,
  );

  const target = velocityTarget(golden, batch);
  yield compare('v_target', target, golden.floats('v_target'), { relative: 1e-6 });
  const towardsVelocity = await run(session, { ...feeds, target });
  yield compare('v_loss', get(towardsVelocity, 'loss'), golden.floats('v_loss'), lossBound);

  const ratios = batch.timesteps.map((timestep) => snr(batch.alphas, timestep));
  yield compare('snr', ratios, golden.floats('snr'), { relative: 1e-5 });
  const rowWeights = Float32Array.from(ratios, (ratio) => Math.min(ratio, minSnr) / ratio);
  const weighted = await run(session, { ...feeds, row_weights: rowWeights });
  yield compare('min_snr5_loss', get(weighted, 'loss'), golden.floats('min_snr5_loss'), lossBound);
}

/** Optimizer steps on one batch, in one graph whose parameters and state are fed and returned. */
async function* checkSteps(setting: LoraSetting, kind: 'adamw' | 'adamw_clip'): AsyncGenerator<Measurement> {
  const { golden, initial, config } = setting;
  await using session = await compileStep(
    setting,
    kind === 'adamw_clip' ? golden.scalar('adamw_clip.max_grad_norm') : Number.POSITIVE_INFINITY,
  );
  const batchOnly = batchFeeds(setting);
  let state: Record<string, Float32Array> = Object.fromEntries(
    initial.names.flatMap((name) => [
      [name, initial.floats(name)],
      ...slotNames(name).map((slot) => [slot, new Float32Array(initial.floats(name).length)]),
    ]),
  );
  for (let step = 1; golden.has(`${kind}.step${step}.loss_before`); step++) {
    const outputs = await run(session, {
      ...batchOnly,
      ...state,
      step: Float32Array.of(step),
      learning_rate: Float32Array.of(config.lr),
    });
    const name = `${kind}.step${step}`;
    yield compare(
      `${name}.loss_before`,
      get(outputs, 'loss'),
      golden.floats(`${name}.loss_before`),
      lossBound,
    );
    if (golden.has(`${name}.grad_norm`)) {
      yield compare(`${name}.grad_norm`, get(outputs, 'grad_norm'), golden.floats(`${name}.grad_norm`), {
        relative: 1e-4,
      });
    }
    state = Object.fromEntries(Object.keys(state).map((key) => [key, get(outputs, `new.${key}`)]));
    if (!golden.has(`${name}.${initial.names[0]}`)) continue;
    const pairs = initial.names.map((key) => ({
      name: key,
      actual: state[key] as Float32Array,
      expected: golden.floats(`${name}.${key}`),
    }));
    yield compareMany(name, pairs, { absolute: 2.5e-3 });
    yield shareBeyond(name, pairs, { within: 2e-5, allowed: 0.005 });
  }
  const final = await run(session, {
    ...batchOnly,
    ...state,
    step: Float32Array.of(1),
    learning_rate: Float32Array.of(0),
  });
  yield compare(`${kind}.final_loss`, get(final, 'loss'), golden.floats(`${kind}.final_loss`), lossBound);
}

async function compileStep(setting: LoraSetting, maxNorm: number): Promise<Session> {
  const { config } = setting;
  const optimizer = adamW({
    beta1: config.betas[0],
    beta2: config.betas[1],
    epsilon: config.eps,
    weightDecay: config.weight_decay,
  });
  const { network, adapters, scope } = adapted(setting);
  const weights = [...adapters.parameters.values()];
  const flows = gradient(network.loss, weights);
  const { gradients, norm } = clipByGlobalNorm(flows, maxNorm);
  const [step, learningRate] = [input('step', []), input('learning_rate', [])];
  const outputs: Record<string, Value> = { loss: network.loss, grad_norm: norm };
  [...adapters.parameters].forEach(([name, weight], i) => {
    const slots = slotNames(name);
    const updated = optimizer.update({
      step,
      learningRate,
      parameter: weight,
      gradient: gradients[i] as Value,
      state: slots.map((slot) => input(slot, weight.shape)),
    });
    outputs[`new.${name}`] = updated.parameter;
    slots.forEach((slot, j) => {
      outputs[`new.${slot}`] = updated.state[j] as Value;
    });
  });
  return Session.compile(graphOf(outputs, weights), {
    weights: await loadParameters(setting.base, scope.parameters),
  });
}

/** The adapted network at t = 500 under two strengths. */
async function* checkInference(setting: LoraSetting): AsyncGenerator<Measurement> {
  const { golden, initial, base } = setting;
  for (const name of golden.names.filter((key) => key.startsWith('infer.scale'))) {
    const strength = Number(name.slice('infer.scale'.length));
    const { network, adapters, scope } = adapted(setting, strength);
    const graph = graphOf({ predicted: network.predicted }, [...adapters.parameters.values()]);
    await using session = await Session.compile(graph, {
      weights: await loadParameters(base, scope.parameters),
    });
    const feeds = batchFeeds(setting);
    const { predicted } = await run(session, {
      ...feeds,
      timestep: new Float32Array(setting.batch.timesteps.length).fill(500),
      ...all(initial),
    });
    yield compare(name, predicted as Float32Array, golden.floats(name), outputBound);
  }
}

/** The sum that fusing writes back for one weight. */
async function* checkFusing({ config, base, golden, initial }: LoraSetting): AsyncGenerator<Measurement> {
  const name = config.fused_weight_example;
  const adapters = adaptersOf(config);
  const stored = await GoldenTensors.read(join(base, 'diffusion_pytorch_model.safetensors'));
  const fused = adapters.adapt(name, parameter(name, stored.shape(name)));
  const weights = [...adapters.parameters.values()];
  await using session = await Session.compile(graphOf({ fused }, weights), {
    weights: new Map([[name, stored.floats(name)]]),
  });
  const outputs = await run(session, all(initial));
  yield compare('fused_weight_example', get(outputs, 'fused'), golden.floats('fused_weight_example'), {
    absolute: 1e-6,
  });
}

function velocityTarget(golden: GoldenTensors, { alphas, timesteps }: NoisyBatch): Float32Array {
  const rows = timesteps.length;
  return perRow(rows, golden.floats('latents'), (original, row) =>
    toVelocity(
      original,
      rowOf(golden.floats('noise'), row, rows),
      trainingLevel(alphas, timesteps[row] as number),
    ),
  );
}

function pair(name: string, outputs: Record<string, Float32Array>, golden: GoldenTensors): TensorPair {
  return { name, actual: get(outputs, name), expected: golden.floats(name) };
}
