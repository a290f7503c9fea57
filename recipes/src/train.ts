/** Command: trains the embedded weights. `npm run train -- vae|edit`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { progressLine } from './progress-line.ts';
import { exportEdit, exportVae } from './training/export.ts';
import { fitProjection } from './training/fit-projection.ts';
import { checkpointFile, type Stage, trainEdit } from './training/train-edit.ts';
import { trainVae } from './training/train-vae.ts';

const usage = `Trains the weights in weights/edit. Needs the pictures of "npm run data:fetch".

npm run train -- vae  [--steps 1500]   the autoencoder: patch components, then the decoder's correction
npm run train -- edit [--stages …]     the text tower and the UNet

  --stages 128x128:16:2900,256x192:6:2000   picture size : batch : steps, one after another
  --until <step>     stop after this step; the same command goes on later
  --seed <n>         default 1; one seed gives one result
  --learning-rate    default 5e-4 (edit), 1e-3 (vae)
  --out <folder>     default weights/edit
  --cache <folder>   pictures, checkpoints and logs; default recipes/.cache
  --export           edit: only write the last checkpoint's weights to --out

A run that was stopped, even by kill -9, goes on from its last checkpoint and repeats the same numbers.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '1500' },
    stages: { type: 'string', default: '128x128:16:2900,256x192:6:2000' },
    until: { type: 'string' },
    seed: { type: 'string', default: '1' },
    'learning-rate': { type: 'string' },
    out: { type: 'string', default: 'weights/edit' },
    cache: { type: 'string', default: 'recipes/.cache' },
    export: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
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
  await fit();
  const trained = await trainVae(
    {
      steps: Number(values.steps),
      batch: 8,
      seed,
      learningRate: Number(values['learning-rate'] ?? 1e-3),
      folder: join(values.cache, 'vae'),
      cache: values.cache,
      projection,
      saveEvery: 200,
    },
    report,
  );
  await exportVae(trained, values.out);
}

async function edit(): Promise<void> {
  await fit();
  const folder = join(values.cache, 'edit');
  const tokenizer = join(values.out, 'tokenizer');
  if (!values.export) {
    const stages = values.stages.split(',').map(parseStage);
    const until = values.until === undefined ? {} : { until: Number(values.until) };
    const learningRate = Number(values['learning-rate'] ?? 5e-4);
    const plan = {
      stages,
      seed,
      learningRate,
      folder,
      cache: values.cache,
      tokenizer,
      projection,
      saveEvery: 200,
    };
    await trainEdit({ ...plan, ...until }, report);
  }
  await exportEdit(checkpointFile(folder), values.out);
}

async function fit(): Promise<void> {
  if (!existsSync(projection)) await fitProjection(values.cache, projection, seed);
}

function parseStage(text: string): Stage {
  const match = /^(\d+)x(\d+):(\d+):(\d+)$/.exec(text);
  if (!match) throw new TypeError(`--stages: expected WIDTHxHEIGHT:BATCH:STEPS, got ${JSON.stringify(text)}`);
  const [width, height, batch, steps] = match.slice(1).map(Number) as [number, number, number, number];
  if (width % 32 !== 0 || height % 32 !== 0)
    throw new TypeError(`--stages: ${width}x${height} is not a multiple of 32`);
  return { size: { width, height }, batch, steps };
}
