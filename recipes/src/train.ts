/** Command: trains the embedded weights. `npm run train -- vae|edit`. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { progressLine } from './progress-line.ts';
import { type EditNetwork, parseEditNetwork } from './training/edit-model.ts';
import { exportEdit, exportVae } from './training/export.ts';
import { fitProjection } from './training/fit-projection.ts';
import { checkpointFile } from './training/run-folder.ts';
import { type Stage, trainEdit } from './training/train-edit.ts';
import { trainVae } from './training/train-vae.ts';

const usage = `Trains the weights in weights/edit. Needs the pictures of "npm run data:fetch".

npm run train -- vae  [--steps 1500]   the autoencoder: patch components, then the decoder's correction
npm run train -- edit [--stages …]     the text tower and the UNet

  --stages 128x128:16:2400,256x192:6:1600,128x128:16:700,256x192:6:600   picture size : batch : steps, one after another
  --until <step>     stop after this step; the same command goes on later
  --save-every <n>   steps between checkpoints; default 200
  --seed <n>         default 1; one seed gives one result
  --learning-rate    default 5e-4 (edit), 1e-3 (vae)
  --network <file>   edit: other networks than the embedded model's, { "text_encoder": {…}, "unet": {…} }
  --chunk <n>        edit: examples made at a time and kept in one file; default 512
  --out <folder>     default weights/edit; edit reads its tokenizer there
  --cache <folder>   pictures, checkpoints and logs; default recipes/.cache
  --export           edit: only write the last checkpoint's weights to --out

A run that was stopped, even by kill -9, goes on from its last checkpoint and repeats the same numbers.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '1500' },
    stages: { type: 'string', default: '128x128:16:2400,256x192:6:1600,128x128:16:700,256x192:6:600' },
    until: { type: 'string' },
    'save-every': { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    'learning-rate': { type: 'string' },
    network: { type: 'string' },
    chunk: { type: 'string' },
    out: { type: 'string', default: 'weights/edit' },
    cache: { type: 'string', default: 'recipes/.cache' },
    export: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const projection = join(values.cache, 'projection.safetensors');
const report = progressLine(process.stderr);

switch (values.help ? 'help' : positionals[0]) {
  case 'vae':
    await vae();
    break;
  case 'edit':
    await edit();
    break;
  default:
    console.log(usage);
    process.exitCode = values.help ? 0 : 2;
}

async function vae(): Promise<void> {
  const steps = count('steps');
  const shared = sharedPlan(1e-3);
  await fit(shared.seed);
  const folder = join(values.cache, 'vae');
  await exportVae(await trainVae({ ...shared, steps, batch: 8, folder }, report), values.out);
  await rm(checkpointFile(folder));
}

async function edit(): Promise<void> {
  const network = values.network === undefined ? undefined : await readNetwork(values.network);
  const folder = join(values.cache, 'edit');
  if (!values.export) {
    const plan = {
      ...sharedPlan(5e-4),
      stages: values.stages.split(',').map(parseStage),
      until: values.until === undefined ? undefined : count('until'),
      chunkExamples: values.chunk === undefined ? undefined : count('chunk'),
      tokenizer: join(values.out, 'tokenizer'),
      folder,
      network,
    };
    await fit(plan.seed);
    await trainEdit(plan, report);
  }
  await exportEdit(checkpointFile(folder), values.out, network);
}

function sharedPlan(learningRate: number): {
  seed: number;
  learningRate: number;
  saveEvery: number;
  cache: string;
  projection: string;
} {
  const rate = Number(values['learning-rate'] ?? learningRate);
  if (!(rate > 0)) throw new TypeError(`--learning-rate: expected a number above 0, got ${rate}`);
  return {
    seed: count('seed', 0),
    learningRate: rate,
    saveEvery: count('save-every'),
    cache: values.cache,
    projection,
  };
}

async function fit(seed: number): Promise<void> {
  if (!existsSync(projection)) await fitProjection(values.cache, projection, seed);
}

async function readNetwork(file: string): Promise<EditNetwork> {
  try {
    return parseEditNetwork(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new TypeError(`--network: ${file} cannot be used`, { cause });
  }
}

/** The whole number of an option. */
function count(option: 'steps' | 'until' | 'save-every' | 'seed' | 'chunk', least = 1): number {
  const number = Number(values[option]);
  if (Number.isSafeInteger(number) && number >= least) return number;
  throw new TypeError(
    `--${option}: expected a whole number of at least ${least}, got ${JSON.stringify(values[option])}`,
  );
}

function parseStage(text: string): Stage {
  const match = /^([1-9]\d*)x([1-9]\d*):([1-9]\d*):([1-9]\d*)$/.exec(text);
  if (!match) throw new TypeError(`--stages: expected WIDTHxHEIGHT:BATCH:STEPS, got ${JSON.stringify(text)}`);
  const [width, height, batch, steps] = match.slice(1).map(Number) as [number, number, number, number];
  if (width % 32 !== 0 || height % 32 !== 0)
    throw new TypeError(`--stages: ${width}x${height} is not a multiple of 32`);
  return { size: { width, height }, batch, steps };
}
