/** Command: measures the embedded weights on held-out photos and wordings. `npm run evaluate -- edit`. */
import { parseArgs } from 'node:util';
import { countOf, namesOf, numberOf, parseWords, partOf, pathOf, readWords } from './command-words.ts';
import type { Split } from './data/split.ts';
import { openCutouts, openPhotos } from './data/store.ts';
import { type EditId, editIds } from './edits.ts';
import { type Answer, type Shown, scoreEdits, shareRight } from './evaluate/edit-quality.ts';
import { type Editor, type EditSettings, openEditor } from './evaluate/editor.ts';
import { type GuidanceCurve, guidanceCurves, unguidedFidelity } from './evaluate/guidance-curves.ts';
import { writeSheet } from './evaluate/sheet.ts';
import { vaeFidelity } from './evaluate/vae-fidelity.ts';
import type { Sources } from './training/example.ts';

const usage = `Measures weights/edit on held-out photos and wordings. Needs the pictures of "npm run data:fetch".

npm run evaluate -- vae    how well photos survive the autoencoder
npm run evaluate -- edit [--model weights/edit] [--photos 8] [--only night,snow] [--guidance 2] [--sheet sheet.jpg] [--json]

  --photos <n>     photos per edit, each with one English and one Chinese wording
  --only <ids>     some of: ${editIds.join(' ')}
  --guidance <n>   photos per probe of the guidance scales; 0 leaves them out
  --split <names>  which photos; "train" is for choosing settings, never for a figure. Default: heldout,evaluation
  --text-scale, --image-scale, --steps   other than the model's own
  --verbose        print what each wrong answer measured
Exits with 1 when fewer than 85 % of all answers, or 60 % of one edit's, are right.`;

const asked = readWords('evaluate', readAsked);

switch (asked.part) {
  case 'edit':
    await evaluateEdit();
    break;
  case 'vae':
    await evaluateVae();
    break;
  default:
    console.log(usage);
    process.exitCode = asked.help ? 0 : 2;
}

function parse() {
  return parseArgs({
    allowPositionals: true,
    options: {
      model: { type: 'string' },
      cache: { type: 'string' },
      photos: { type: 'string', default: '8' },
      guidance: { type: 'string', default: '2' },
      split: { type: 'string', default: 'heldout,evaluation' },
      'text-scale': { type: 'string' },
      'image-scale': { type: 'string' },
      steps: { type: 'string' },
      only: { type: 'string' },
      sheet: { type: 'string' },
      json: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}

interface Asked {
  /** Undefined = the usage is to be printed. */
  readonly part: 'vae' | 'edit' | undefined;
  readonly model: string;
  readonly cache: string;
  readonly photos: number;
  readonly guidance: number;
  readonly split: readonly Split[];
  readonly settings: EditSettings;
  readonly ids: readonly EditId[] | undefined;
  readonly sheet: string | undefined;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

function readAsked(): Asked {
  const { values, positionals } = parseWords(parse);
  const { json, verbose, help, only } = values;
  return {
    part: help ? undefined : partOf(positionals, ['vae', 'edit']),
    model: pathOf('--model', values.model, 'weights/edit'),
    cache: pathOf('--cache', values.cache, 'recipes/.cache'),
    photos: countOf('--photos', values.photos, 1),
    guidance: countOf('--guidance', values.guidance, 0),
    split: namesOf('--split', values.split, ['train', 'heldout', 'evaluation']),
    settings: settingsOf(values),
    ids: only === undefined ? undefined : namesOf('--only', only, editIds),
    sheet: pathOf('--sheet', values.sheet, undefined),
    json,
    verbose,
    help,
  };
}

function settingsOf(values: ReturnType<typeof parse>['values']): EditSettings {
  const { 'text-scale': text, 'image-scale': image, steps } = values;
  const bound = { least: 0, isInclusive: true };
  return {
    ...(text !== undefined && { guidanceScale: numberOf('--text-scale', text, bound) }),
    ...(image !== undefined && { imageGuidanceScale: numberOf('--image-scale', image, bound) }),
    ...(steps !== undefined && { steps: countOf('--steps', steps, 1) }),
  };
}

async function evaluateVae(): Promise<void> {
  const figures = await vaeFidelity(asked.model, await openPhotos(asked.cache, ['heldout', 'evaluation']));
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  if (asked.json) console.log(JSON.stringify({ psnr: figures, mean }));
  else
    console.log(
      `autoencoder: ${mean.toFixed(1)} dB mean PSNR over ${figures.length} photos, ${Math.min(...figures).toFixed(1)} dB the worst`,
    );
}

async function evaluateEdit(): Promise<void> {
  const editor = await openEditor(asked.model);
  const isTrain = asked.split.join() === 'train';
  const sources: Sources = {
    photos: await openPhotos(asked.cache, asked.split),
    cutouts: await openCutouts(asked.cache, [isTrain ? 'train' : 'heldout']),
  };
  const edits = await scoreAndPrint(editor, sources);
  const guidance = asked.guidance > 0 ? await probeAndPrint(editor, sources) : undefined;
  if (asked.json) console.log(JSON.stringify({ ...edits, ...guidance }));
  const enough = edits.overall >= 0.85 && Object.values(edits.shares).every((share) => share >= 0.6);
  if (!enough || guidance?.passed === false) process.exitCode = 1;
}

interface EditScores {
  readonly overall: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly answers: readonly Answer[];
}

async function scoreAndPrint(editor: Editor, sources: Sources): Promise<EditScores> {
  const shown: Shown[] = [];
  const all: Answer[] = [];
  const shares: Record<string, number> = {};
  const show = (item: Shown) => shown.push(item);
  const { photos, settings, ids } = asked;
  const plan = { photos, show, settings, ...(ids && { ids }) };
  for await (const { id, answers } of scoreEdits(editor, sources, plan)) {
    shares[id] = shareRight(answers);
    all.push(...answers);
    const distance = answers.reduce((sum, answer) => sum + answer.toTeacher, 0) / answers.length;
    const percent = (100 * shareRight(answers)).toFixed(0).padStart(3);
    print(`${id.padEnd(16)} ${percent} % of ${answers.length}   ΔE to teacher ${distance.toFixed(1)}`);
    for (const answer of asked.verbose ? answers : []) {
      if (!answer.ok) print(`  ✗ ${answer.instruction}  ${describe(answer)}`);
    }
  }
  print(`all edits        ${(100 * shareRight(all)).toFixed(1)} % of ${all.length}`);
  if (asked.sheet) await writeSheet(shown, asked.sheet);
  return { overall: shareRight(all), shares, answers: all };
}

interface GuidanceScores {
  readonly curves: readonly GuidanceCurve[];
  /** PSNR in dB of each probe at text guidance 0. */
  readonly unguided: readonly number[];
  readonly passed: boolean;
}

async function probeAndPrint(editor: Editor, sources: Sources): Promise<GuidanceScores> {
  const photos = asked.guidance;
  const curves = await guidanceCurves(editor, sources, photos);
  for (const { knob, values: scales, distances, correlation } of curves) {
    const shown = distances.map((distance) => distance.toFixed(1)).join(' ');
    print(
      `${knob} ${scales.join(' ')}: ΔE to the photo ${shown}, rank correlation ${correlation.toFixed(2)}`,
    );
  }
  const unguided = await unguidedFidelity(editor, sources, photos);
  print(`guidanceScale 0: PSNR to the photo ${Math.min(...unguided).toFixed(1)} dB at least`);
  const monotonic = curves.every(({ correlation }) => Math.abs(correlation) >= 0.9);
  return { curves, unguided, passed: monotonic && Math.min(...unguided) >= 28 };
}

function print(line: string): void {
  if (!asked.json) console.log(line);
}

function describe({ photo, figures }: Answer): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return `${shown.join(', ')} (${photo.split('/').at(-1)})`;
}
