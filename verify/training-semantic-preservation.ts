// ClassDiffusion's semantic preservation loss: 1 - cosine of two texts' features, its gradients, and training one row.
import { join } from 'node:path';
import { loadParameters, readConfig } from '@darkroom/gpu-worker/models/checkpoint';
import { ClipTextConfig, clipText } from '@darkroom/gpu-worker/models/clip-text';
import type { HostArray } from '@darkroom/gpu-worker/runtime/session';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { gradient } from '@darkroom/graph/gradient';
import { Scope } from '@darkroom/graph/layers/scope';
import { div, mul, neg, shift, sqrt, square, where } from '@darkroom/graph/ops/elementwise';
import { reduceSum } from '@darkroom/graph/ops/reduction';
import { adamW } from '@darkroom/graph/optimizers/adamw';
import { constant, graphOf, input, parameter, type Value } from '@darkroom/graph/value';
import { z } from 'zod';
import { compileNetwork } from './compile-network.ts';
import { GoldenTensors } from './golden-tensors.ts';
import { compareMany, type TensorPair } from './many-tensors.ts';
import { compare, type Measurement } from './measurement.ts';
import { readTrainingConfig } from './training-config.ts';

const Config = z.object({
  text_encoder: z.string(),
  'V*': z.int(),
  row_optimizer: z.object({
    lr: z.number(),
    weight_decay: z.number(),
    betas: z.tuple([z.number(), z.number()]),
    eps: z.number(),
  }),
});
type Config = z.infer<typeof Config>;

interface Setting {
  readonly folder: string;
  readonly config: Config;
  readonly text: ClipTextConfig;
  readonly base: string;
  readonly golden: GoldenTensors;
}

const tokenEmbedding = 'text_model.embeddings.token_embedding.weight';
const lossBound = { relative: 1e-4, absolute: 1e-6 };
const gradientBound = { relative: 1e-3, absolute: 1e-7 };

/** Golden folder of one pair of texts, "a V* dog" and "a dog". */
export async function* checkSemanticPreservation(folder: string): AsyncGenerator<Measurement> {
  const config = await readTrainingConfig(folder, Config);
  const base = join(folder, config.text_encoder);
  const text = await readConfig(base, ClipTextConfig);
  const golden = await GoldenTensors.read(join(folder, 'io.safetensors'));
  const setting = { folder, config, text, base, golden };
  const features = yield* checkBoth(setting);
  yield* checkDetached(setting, features);
  yield* checkRow(setting, features);
}

/** The gradient flows through both texts. Returns the class text's features. */
async function* checkBoth({
  folder,
  text,
  base,
  golden,
}: Setting): AsyncGenerator<Measurement, Float32Array> {
  await using session = await compileNetwork(base, (scope) => {
    const [concept, category] = ['ids_concept', 'ids_class'].map((name) =>
      features(scope, golden, name, text),
    ) as [Value, Value];
    return { concept, category, ...withGradients(scope, cosineDistance(concept, category)) };
  });
  const outputs = await run(session, {
    ids_concept: golden.integers('ids_concept'),
    ids_class: golden.integers('ids_class'),
  });
  yield compare('eos_concept', outputs['concept'] as Float32Array, golden.floats('eos_concept'), {
    absolute: 5e-5,
  });
  yield compare('eos_class', outputs['category'] as Float32Array, golden.floats('eos_class'), {
    absolute: 5e-5,
  });
  yield compare('both.loss', outputs['loss'] as Float32Array, golden.floats('both.loss'), lossBound);
  const expected = await GoldenTensors.read(join(folder, 'grads.both.safetensors'));
  yield compareMany('both gradients', gradientPairs(outputs, expected), gradientBound);
  return outputs['category'] as Float32Array;
}

/** The class text's features are fixed. */
async function* checkDetached(
  { folder, text, base, golden }: Setting,
  fixed: Float32Array,
): AsyncGenerator<Measurement> {
  await using session = await compileNetwork(base, (scope) => {
    const concept = features(scope, golden, 'ids_concept', text);
    return withGradients(scope, cosineDistance(concept, input('fixed', concept.shape)));
  });
  const outputs = await run(session, { ids_concept: golden.integers('ids_concept'), fixed });
  yield compare(
    'class_detached.loss',
    outputs['loss'] as Float32Array,
    golden.floats('class_detached.loss'),
    lossBound,
  );
  const expected = await GoldenTensors.read(join(folder, 'grads.class_detached.safetensors'));
  yield compareMany('class_detached gradients', gradientPairs(outputs, expected), gradientBound);

  const table = outputs[`grad.${tokenEmbedding}`] as Float32Array;
  const rows = new Float32Array(table.length);
  const recorded = golden.floats('class_detached.grad_token_embedding_rows');
  golden.integers('class_detached.grad_token_embedding_rows.ids').forEach((id, i) => {
    const row = recorded.subarray(i * text.hidden_size, (i + 1) * text.hidden_size);
    rows.set(row, Number(id) * text.hidden_size);
  });
  yield compare('class_detached token embedding', table, rows, gradientBound);
}

/** Three steps of AdamW on the one row of the new token. */
async function* checkRow(
  { config, text, base, golden }: Setting,
  fixed: Float32Array,
): AsyncGenerator<Measurement> {
  const { lr, weight_decay: weightDecay, betas, eps: epsilon } = config.row_optimizer;
  const optimizer = adamW({ weightDecay, epsilon, beta1: betas[0], beta2: betas[1] });
  const width = text.hidden_size;
  const row = parameter('row', [width]);
  const isRow = constant(
    Uint8Array.from({ length: text.vocab_size }, (_, id) => Number(id === config['V*'])),
    [text.vocab_size, 1],
  );
  const scope = Scope.root({
    adapt: (name, weight) => (name === tokenEmbedding ? where(isRow, row, weight) : weight),
  });
  const concept = features(scope, golden, 'ids_concept', text);
  const loss = cosineDistance(concept, input('fixed', concept.shape));
  const [flow] = gradient(loss, [row]) as [Value];
  const slots = optimizer.slots.map((slot) => input(slot, [width]));
  const updated = optimizer.update({
    step: input('step', []),
    learningRate: input('learning_rate', []),
    parameter: row,
    gradient: flow,
    state: slots,
  });
  const states = optimizer.slots.map((slot, i) => [`new_${slot}`, updated.state[i] as Value]);
  const graph = graphOf({ loss, grad: flow, new_row: updated.parameter, ...Object.fromEntries(states) }, [
    row,
  ]);
  await using session = await Session.compile(graph, {
    weights: await loadParameters(base, scope.parameters),
  });

  let current = golden.floats('row.init');
  let state: Float32Array[] = optimizer.slots.map(() => new Float32Array(width));
  for (let step = 1; golden.has(`row.step${step}.value`); step++) {
    const outputs = await run(session, {
      ids_concept: golden.integers('ids_concept'),
      fixed,
      row: current,
      step: Float32Array.of(step),
      learning_rate: Float32Array.of(lr),
      ...Object.fromEntries(optimizer.slots.map((slot, i) => [slot, state[i] as Float32Array])),
    });
    current = outputs['new_row'] as Float32Array;
    state = optimizer.slots.map((slot) => outputs[`new_${slot}`] as Float32Array);
    const name = `row.step${step}`;
    yield compare(
      `${name}.loss_before`,
      outputs['loss'] as Float32Array,
      golden.floats(`${name}.loss_before`),
      lossBound,
    );
    yield compare(
      `${name}.grad`,
      outputs['grad'] as Float32Array,
      golden.floats(`${name}.grad`),
      gradientBound,
    );
    yield compare(`${name}.value`, current, golden.floats(`${name}.value`), { absolute: 2e-5 });
  }
}

function features(scope: Scope, golden: GoldenTensors, ids: string, config: ClipTextConfig): Value {
  return clipText(scope, input(ids, golden.shape(ids), 'int64'), config).pooled;
}

/** 1 - cos of two vectors [1, D]. */
function cosineDistance(a: Value, b: Value): Value {
  const norms = sqrt(mul(reduceSum(square(a)), reduceSum(square(b))));
  return shift(neg(div(reduceSum(mul(a, b)), norms)), 1);
}

function withGradients(scope: Scope, loss: Value): Record<string, Value> {
  const gradients = gradient(loss, [...scope.parameters.values()]);
  const named = [...scope.parameters.keys()].map((name, i) => [`grad.${name}`, gradients[i] as Value]);
  return { loss, ...Object.fromEntries(named) };
}

function gradientPairs(outputs: Record<string, Float32Array>, expected: GoldenTensors): TensorPair[] {
  return expected.names.map((name) => ({
    name,
    actual: outputs[`grad.${name}`] ?? [],
    expected: expected.floats(name),
  }));
}

async function run(
  session: Session,
  feeds: Record<string, HostArray>,
): Promise<Record<string, Float32Array>> {
  return (await session.run(feeds)) as Record<string, Float32Array>;
}
