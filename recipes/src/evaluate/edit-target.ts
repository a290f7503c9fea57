/** `npm run evaluate -- edit`. */
import { parseArgs } from 'node:util';
import { countOf, namesOf, numberOf, parseWords, pathOf } from '../command-words.ts';
import type { Split } from '../data/split.ts';
import { openCutouts, openPhotos } from '../data/store.ts';
import { type EditId, editIds } from '../edits.ts';
import type { Sources } from '../training/example.ts';
import { type Answer, type Shown, scoreEdits, shareRight } from './edit-quality.ts';
import { type Editor, type EditSettings, openEditor } from './editor.ts';
import { type GuidanceCurve, guidanceCurves, unguidedFidelity } from './guidance-curves.ts';
import { writeSheet } from './sheet.ts';
import type { Target } from './target.ts';

export const editTarget: Target = {
  summary: 'how often an edit does what was asked for',
  usage: `npm run evaluate -- edit [--model weights/edit] [--photos 8] [--only night,snow] [--guidance 2] [--sheet sheet.jpg] [--json]

  --photos <n>     photos per edit, each with one English and one Chinese wording
  --only <ids>     some of: ${editIds.join(' ')}
  --guidance <n>   photos per probe of the guidance scales; 0 leaves them out
  --split <names>  which photos; "train" is for choosing settings, never for a figure. Default: heldout,evaluation
  --text-scale, --image-scale, --steps   other than the model's own
  --cache <folder> pictures of "npm run data:fetch"; default recipes/.cache
  --verbose        print what each wrong answer measured
Exits with 1 when fewer than 85 % of all answers, or 60 % of one edit's, are right.`,
  prepare: (words) => {
    const asked = readAsked(words);
    return () => evaluateEdit(asked);
  },
};

interface Asked {
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
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
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
    },
  });
}

function readAsked(words: readonly string[]): Asked {
  const { values } = parseWords(() => parse(words));
  const { json, verbose, only } = values;
  return {
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

async function evaluateEdit(asked: Asked): Promise<boolean> {
  const editor = await openEditor(asked.model);
  const isTrain = asked.split.join() === 'train';
  const sources: Sources = {
    photos: await openPhotos(asked.cache, asked.split),
    cutouts: await openCutouts(asked.cache, [isTrain ? 'train' : 'heldout']),
  };
  const print = (line: string): void => {
    if (!asked.json) console.log(line);
  };
  const edits = await scoreAndPrint(asked, { editor, sources, print });
  const guidance =
    asked.guidance > 0 ? await probeAndPrint(asked.guidance, { editor, sources, print }) : undefined;
  if (asked.json) console.log(JSON.stringify({ ...edits, ...guidance }));
  const enough = edits.overall >= 0.85 && Object.values(edits.shares).every((share) => share >= 0.6);
  return enough && guidance?.passed !== false;
}

interface Bench {
  readonly editor: Editor;
  readonly sources: Sources;
  readonly print: (line: string) => void;
}

interface EditScores {
  readonly overall: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly answers: readonly Answer[];
}

async function scoreAndPrint(asked: Asked, { editor, sources, print }: Bench): Promise<EditScores> {
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

async function probeAndPrint(photos: number, { editor, sources, print }: Bench): Promise<GuidanceScores> {
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

function describe({ photo, figures }: Answer): string {
  const shown = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(2)}`);
  return `${shown.join(', ')} (${photo.split('/').at(-1)})`;
}
