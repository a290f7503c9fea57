/** Command: trains the embedded weights. `npm run train -- vae|edit|segment|refine|detect|find|caption`. */
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { countOf, numberOf, parseWords, partOf, pathOf, readWords } from './command-words.ts';
import { progressLine } from './progress-line.ts';
import type { Blend } from './training/blend.ts';
import { exportCaption } from './training/caption/export-caption.ts';
import { trainCaption } from './training/caption/train-caption.ts';
import { type CurriculumName, curricula, usualCurriculum } from './training/curriculum.ts';
import { exportCenternet } from './training/detect/export-centernet.ts';
import { type EditNetwork, parseEditNetwork } from './training/edit-model.ts';
import { exportEdit, exportVae } from './training/export.ts';
import { exportFind, trainFind } from './training/find/train-find.ts';
import { fitProjection } from './training/fit-projection.ts';
import { exportRefined, trainRefine } from './training/refine/train-refine.ts';
import { checkpointFile } from './training/run-folder.ts';
import { exportSegment } from './training/segment/export-segment.ts';
import { type SegmentStage, trainSegment } from './training/segment/train-segment.ts';
import { type Stage, trainEdit } from './training/train-edit.ts';
import { trainVae } from './training/train-vae.ts';

const usage = `Trains embedded weights. Needs the pictures of "npm run data:fetch".

npm run train -- vae  [--steps 1500]   the autoencoder: patch components, then the decoder's correction
npm run train -- edit [--stages …]     the text tower and the UNet
npm run train -- segment [--stages …]  the segmenter, on the backbone of weights/detect
npm run train -- refine [--steps 1500] the segmenter's second look, on the segmenter of --segmenter
npm run train -- detect                the detector: published weights in our layout, and its nouns; nothing is trained
npm run train -- find [--steps 1500]   the detector's finder, for what edits name: begins as the detector in weights/detect
npm run train -- caption [--steps 1500] [--pictures 2000]   the captioner, on the detector in weights/detect

  --stages 192:4:8:1:1000,256:4:6:2:800,384:3:6:2:1200   segment: side : pictures : prompts on each : rounds of clicks : steps
  --stages 128x128:16:2400,256x192:6:1600,128x128:16:950,256x192:6:400   edit: picture size : batch : steps, in turn;
                     a fourth field names what a stage dwells on: tone, detail, objects, polish, words, amplify or places
  --until <step>     stop after this step; the same command goes on later
  --save-every <n>   steps between checkpoints; default 200
  --seed <n>         default 1; one seed gives one result
  --learning-rate    default 5e-4 (edit, find), 1e-3 (vae, segment, refine), 2e-3 (caption)
  --pictures <n>     caption: how many pictures the detector is shown; what it sees is kept for all runs
  --network <file>   edit: other networks than the embedded model's, { "text_encoder": {…}, "unet": {…} }
  --from <folder>    edit, segment, refine, find, caption: start from exported weights, e.g. weights/edit, with a fresh optimizer
  --segmenter <folder>   refine: the segmenter whose answers are refined and that is written with its refiner; default weights/segment
  --average <folder>     edit, segment, refine: write the mean of the run's weights and of those in this folder
  --share <n>        edit, segment, refine: what the run's own weights count in that mean, up to 1; default 0.5
  --chunk <n>        examples made at a time; default 512 (edit, kept in one file), 64 (segment, find), 24 (refine: scenes)
  --threads <n>      segment, refine, find: threads of a step; one is faster beside other work
  --side <n>         segment: side of the square that the exported model takes; default that of the last stage
  --run <name>       edit, segment, refine, find, caption: the run's folder in the cache, for its checkpoint, log and examples; default the part's name
  --out <folder>     default weights/edit, weights/segment, weights/detect, weights/detect/finder or weights/caption; edit reads its tokenizer there
  --cache <folder>   pictures, checkpoints and logs; default recipes/.cache
  --export           edit, segment, refine, find, caption: only write the last checkpoint's weights to --out

A run that was stopped, even by kill -9, goes on from its last checkpoint and repeats the same numbers.`;

const parts = ['vae', 'edit', 'segment', 'refine', 'detect', 'find', 'caption'] as const;
type Part = (typeof parts)[number];
/** Folders of parts that are called otherwise. */
const weightFolders: Readonly<Partial<Record<Part, string>>> = { refine: 'segment', find: 'detect/finder' };
const usualStages = '128x128:16:2400,256x192:6:1600,128x128:16:950,256x192:6:400';
const usualSegmentStages = '192:4:8:1:1000,256:4:6:2:800,384:3:6:2:1200';

const asked = readWords('train', readAsked);
const projection = join(asked.cache, 'projection.safetensors');
const report = progressLine(process.stderr);

switch (asked.part) {
  case 'vae':
    await vae();
    break;
  case 'edit':
    await edit();
    break;
  case 'segment':
    await segment();
    break;
  case 'refine':
    await refine();
    break;
  case 'detect':
    await exportCenternet(asked.cache, asked.out);
    break;
  case 'find':
    await find();
    break;
  case 'caption':
    await caption();
    break;
  default:
    console.log(usage);
    process.exitCode = asked.help ? 0 : 2;
}

interface Asked {
  /** Undefined = the usage is to be printed. */
  readonly part: Part | undefined;
  readonly steps: number;
  readonly pictures: number;
  readonly stages: readonly Stage[];
  readonly segmentStages: readonly SegmentStage[];
  readonly side: number | undefined;
  readonly threads: number | undefined;
  readonly until: number | undefined;
  readonly saveEvery: number;
  readonly seed: number;
  readonly learningRate: number | undefined;
  readonly network: string | undefined;
  readonly from: string | undefined;
  readonly segmenter: string;
  readonly average: Blend | undefined;
  readonly chunk: number | undefined;
  readonly run: string;
  readonly out: string;
  readonly cache: string;
  readonly export: boolean;
  readonly help: boolean;
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      steps: { type: 'string', default: '1500' },
      pictures: { type: 'string', default: '2000' },
      stages: { type: 'string' },
      side: { type: 'string' },
      threads: { type: 'string' },
      until: { type: 'string' },
      'save-every': { type: 'string', default: '200' },
      seed: { type: 'string', default: '1' },
      'learning-rate': { type: 'string' },
      network: { type: 'string' },
      from: { type: 'string' },
      segmenter: { type: 'string' },
      average: { type: 'string' },
      share: { type: 'string', default: '0.5' },
      chunk: { type: 'string' },
      run: { type: 'string' },
      out: { type: 'string' },
      cache: { type: 'string' },
      export: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

function readAsked(): Asked {
  const { values, positionals } = parseWords(parse);
  const { until, chunk, side, threads, 'learning-rate': rate, help } = values;
  const average = pathOf('--average', values.average, undefined);
  const part = help ? undefined : partOf(positionals, parts);
  const isSegment = part === 'segment';
  const family = part === undefined || part === 'vae' ? 'edit' : part;
  const stages = values.stages ?? (isSegment ? usualSegmentStages : usualStages);
  return {
    part,
    steps: countOf('--steps', values.steps, 1),
    pictures: countOf('--pictures', values.pictures, 1),
    stages: isSegment ? [] : stages.split(',').map(parseStage),
    segmentStages: isSegment ? stages.split(',').map(parseSegmentStage) : [],
    side: side === undefined ? undefined : sideOf('--side', side),
    threads: threads === undefined ? undefined : countOf('--threads', threads, 1),
    until: until === undefined ? undefined : countOf('--until', until, 1),
    saveEvery: countOf('--save-every', values['save-every'], 1),
    seed: countOf('--seed', values.seed, 0),
    learningRate:
      rate === undefined ? undefined : numberOf('--learning-rate', rate, { least: 0, isInclusive: false }),
    network: pathOf('--network', values.network, undefined),
    from: pathOf('--from', values.from, undefined),
    segmenter: pathOf('--segmenter', values.segmenter, 'weights/segment'),
    chunk: chunk === undefined ? undefined : countOf('--chunk', chunk, 1),
    run: runOf(values.run ?? family),
    average: average === undefined ? undefined : { folder: average, share: shareOf('--share', values.share) },
    out: pathOf('--out', values.out, `weights/${weightFolders[family] ?? family}`),
    cache: pathOf('--cache', values.cache, 'recipes/.cache'),
    export: values.export,
    help,
  };
}

async function vae(): Promise<void> {
  const shared = sharedPlan(1e-3);
  await fit(shared.seed);
  const folder = join(asked.cache, 'vae');
  await exportVae(await trainVae({ ...shared, steps: asked.steps, batch: 8, folder }, report), asked.out);
  await rm(checkpointFile(folder));
}

async function edit(): Promise<void> {
  const network = asked.network === undefined ? undefined : await readNetwork(asked.network);
  const folder = join(asked.cache, asked.run);
  if (!asked.export) {
    const plan = {
      ...sharedPlan(5e-4),
      stages: asked.stages,
      until: asked.until,
      chunkExamples: asked.chunk,
      tokenizer: join(asked.out, 'tokenizer'),
      folder,
      network,
      from: asked.from,
    };
    await fit(plan.seed);
    await trainEdit(plan, report);
  }
  await exportEdit({ checkpoint: checkpointFile(folder), network, average: asked.average }, asked.out);
}

async function segment(): Promise<void> {
  const { seed, saveEvery, cache, until, from, threads, chunk: chunkScenes, segmentStages: stages } = asked;
  const folder = join(cache, asked.run);
  const detector = pathOf('--detector', undefined, 'weights/detect');
  const learningRate = asked.learningRate ?? 1e-3;
  if (!asked.export)
    await trainSegment(
      { stages, seed, learningRate, folder, cache, detector, from, saveEvery, until, threads, chunkScenes },
      report,
    );
  const side = asked.side ?? (stages.at(-1) as SegmentStage).side;
  const { average } = asked;
  await exportSegment({ checkpoint: checkpointFile(folder), detector, seed, from, side, average }, asked.out);
}

async function refine(): Promise<void> {
  const { seed, steps, saveEvery, cache, until, from, threads, segmenter, chunk: chunkScenes } = asked;
  const folder = join(cache, asked.run);
  const learningRate = asked.learningRate ?? 1e-3;
  const plan = {
    segmenter,
    seed,
    steps,
    batch: 8,
    learningRate,
    folder,
    cache,
    saveEvery,
    from,
    until,
    threads,
  };
  if (!asked.export) await trainRefine({ ...plan, chunkScenes }, report);
  await exportRefined({ checkpoint: checkpointFile(folder), segmenter, average: asked.average }, asked.out);
}

async function find(): Promise<void> {
  const { seed, steps, saveEvery, cache, until, from, threads, chunk: chunkScenes } = asked;
  const folder = join(cache, asked.run);
  const detector = pathOf('--detector', undefined, 'weights/detect');
  const learningRate = asked.learningRate ?? 5e-4;
  const plan = { detector, from, seed, steps, batch: 12, learningRate, folder, cache, saveEvery, until };
  if (!asked.export) await trainFind({ ...plan, threads, chunkScenes }, report);
  await exportFind({ checkpoint: checkpointFile(folder), detector, from, seed }, asked.out);
}

async function caption(): Promise<void> {
  const folder = join(asked.cache, asked.run);
  const detector = pathOf('--detector', undefined, 'weights/detect');
  const { steps, pictures, until, from } = asked;
  const plan = { ...sharedPlan(2e-3), steps, pictures, until, from, batch: 24, folder, detector };
  if (!asked.export) await trainCaption(plan, report);
  await exportCaption(folder, detector, asked.out);
}

function sharedPlan(learningRate: number): {
  seed: number;
  learningRate: number;
  saveEvery: number;
  cache: string;
  projection: string;
} {
  const { seed, saveEvery, cache } = asked;
  return { seed, learningRate: asked.learningRate ?? learningRate, saveEvery, cache, projection };
}

async function fit(seed: number): Promise<void> {
  if (!existsSync(projection)) await fitProjection(asked.cache, projection, seed);
}

async function readNetwork(file: string): Promise<EditNetwork> {
  try {
    return parseEditNetwork(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new TypeError(`--network: ${file} cannot be used`, { cause });
  }
}

function runOf(name: string): string {
  if (/^[\w-]+$/.test(name)) return name;
  throw usageFault(`--run: expected letters, digits and hyphens, got "${name}"`, '--run');
}

function parseStage(text: string, index: number): Stage {
  const match = /^([1-9]\d*)x([1-9]\d*):([1-9]\d*):([1-9]\d*)(?::([a-z]+))?$/.exec(text);
  const curriculum = match?.[5] ?? usualCurriculum(index);
  if (!match || !Object.hasOwn(curricula, curriculum))
    throw usageFault(`--stages: expected WIDTHxHEIGHT:BATCH:STEPS[:CURRICULUM], got "${text}"`, '--stages');
  const [width, height, batch, steps] = match.slice(1, 5).map(Number) as [number, number, number, number];
  if (width % 32 !== 0 || height % 32 !== 0)
    throw usageFault(`--stages: expected sides that 32 divides, got ${width}x${height}`, '--stages');
  return { size: { width, height }, batch, steps, curriculum: curriculum as CurriculumName };
}

function parseSegmentStage(text: string): SegmentStage {
  const numbers = /^\d+(:[1-9]\d*){4}$/.test(text) ? text.split(':').map(Number) : undefined;
  if (!numbers)
    throw usageFault(`--stages: expected SIDE:PICTURES:PROMPTS:ROUNDS:STEPS, got "${text}"`, '--stages');
  const [, images, prompts, rounds, steps] = numbers as [number, number, number, number, number];
  return { side: sideOf('--stages', text.split(':')[0] as string), images, prompts, rounds, steps };
}

/** A side that the backbone divides evenly. */
function sideOf(option: string, text: string): number {
  const side = countOf(option, text, 32);
  if (side % 32 !== 0) throw usageFault(`${option}: expected a side that 32 divides, got "${text}"`, option);
  return side;
}

/** A share of a mean. */
function shareOf(option: string, text: string): number {
  const share = numberOf(option, text, { least: 0, isInclusive: false });
  if (share > 1) throw usageFault(`${option}: expected a number of at most 1, got "${text}"`, option);
  return share;
}
