/** `npm run evaluate -- region`. */
import { parseArgs } from 'node:util';
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { maskArea } from '@darkroom/gpu-worker/vision/binary-mask';
import { parseWords, pathOf } from '../../command-words.ts';
import { openPhotos } from '../../data/store.ts';
import type { Target } from '../target.ts';
import { type ColourMove, changedPixels, colourMove } from './colour-move.ts';
import { countLine } from './count-line.ts';
import { realPictures } from './known-pictures.ts';
import { type SheetCell, writePictureSheet } from './picture-sheet.ts';
import { type RegionCase, regionCases } from './region-cases.ts';
import { openRegionEditor, type RegionEditor, type RegionFolders } from './region-editor.ts';
import type { KnownPicture } from './segment-quality.ts';

/** Photos on which the thing must be recoloured. */
const leastRight = 10;
/** A mask that changes more beside the thing than the thing has pixels found something else. */
const mostSpill = 1;

export const regionTarget: Target = {
  summary: 'whether a thing named by words is recoloured, and nothing else',
  usage: `npm run evaluate -- region [--edit weights/edit] [--segment weights/segment] [--detect weights/detect] [--unaided] [--sheet sheet.jpg] [--json]

"make the <thing> <colour>" within what the words find, on ${regionCases.length} real photos: no pixel may change outside of the
mask, and the mean colour of the outlined thing must come nearer to the named one by 8 units in the (a*, b*) plane, or
nearer at all and within 40° of its hue. What changes beside the thing must be no larger than it is.
  --unaided         leave it to the instruction alone to say where
  --only <text>     only photos whose name holds the text
  --sheet <file>    photos before and after
  --cache <folder>  pictures of "npm run data:fetch"; default recipes/.cache
Goals: nothing changed outside of any mask, the thing recoloured on at least ${leastRight} photos. Exits with 1 below.`,
  prepare: (words) => {
    const { values } = parseWords(() => parse(words));
    const asked: Asked = {
      folders: {
        edit: pathOf('--edit', values.edit, 'weights/edit'),
        segment: pathOf('--segment', values.segment, 'weights/segment'),
        detect: pathOf('--detect', values.detect, 'weights/detect'),
      },
      cache: pathOf('--cache', values.cache, 'recipes/.cache'),
      unaided: values.unaided,
      only: values.only ?? '',
      sheet: pathOf('--sheet', values.sheet, undefined),
      json: values.json,
    };
    return () => evaluateRegion(asked);
  },
};

interface Asked {
  readonly folders: RegionFolders;
  readonly cache: string;
  readonly unaided: boolean;
  readonly only: string;
  readonly sheet: string | undefined;
  readonly json: boolean;
}

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      edit: { type: 'string' },
      segment: { type: 'string' },
      detect: { type: 'string' },
      cache: { type: 'string' },
      unaided: { type: 'boolean', default: false },
      only: { type: 'string' },
      sheet: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
}

/** What came of one case; `found` is false where the words found nothing. */
interface RegionScore {
  readonly photo: string;
  readonly instruction: string;
  readonly found: boolean;
  /** By the kernel's own report; 0 where nothing was found. */
  readonly changedOutside: number;
  /** Changed pixels beside the outlined thing, for each pixel of it: what else the words found, or its mask spilt over. */
  readonly spill: number;
  readonly move: ColourMove | undefined;
  readonly ok: boolean;
}

async function evaluateRegion(asked: Asked): Promise<boolean> {
  await using store = new ModelStore({ budgetBytes: 2 ** 30 });
  const editor = await openRegionEditor(store, asked.folders);
  const { pictures } = await realPictures(await openPhotos(asked.cache, ['evaluation', 'vision']));
  const cases = regionCases.filter(({ photo }) => photo.includes(asked.only));
  const report = countLine(process.stderr, 'photos');
  const scores: RegionScore[] = [];
  const cells: SheetCell[] = [];
  for (const [i, item] of cases.entries()) {
    const picture = pictures.find(({ id }) => id === item.photo);
    if (picture) {
      const { score, after } = await scoreCase(
        editor,
        asked.unaided ? { ...item, region: undefined } : item,
        picture,
      );
      scores.push(score);
      if (!asked.json) console.log(shown(score));
      cells.push(
        { raster: picture.raster, caption: item.photo },
        { raster: after, caption: captionOf(score) },
      );
    } else process.stderr.write(`${item.photo} is not at hand: npm run data:fetch\n`);
    report(i + 1, cases.length);
  }
  if (asked.sheet) await writePictureSheet(cells, asked.sheet);
  const right = scores.filter(({ ok }) => ok).length;
  const isClean = scores.every(({ changedOutside }) => changedOutside === 0);
  if (asked.json) console.log(JSON.stringify({ right, isClean, scores }));
  else
    console.log(
      `${right} of ${scores.length} things were recoloured; outside of the masks ${isClean ? 'nothing' : 'something'} changed`,
    );
  return isClean && right >= leastRight;
}

async function scoreCase(
  editor: RegionEditor,
  {
    photo,
    object,
    region,
    instruction,
    colour,
  }: Omit<RegionCase, 'region'> & { readonly region: string | undefined },
  { raster, things }: KnownPicture,
): Promise<{ readonly score: RegionScore; readonly after: Raster }> {
  const thing = things.find((candidate) => candidate.object === object);
  if (!thing) throw new TypeError(`${photo}: expected an outlined ${object}, found none`);
  const edit = await editor(raster, instruction, region);
  const after = edit?.picture ?? raster;
  const spill = changedPixels(raster, after, thing.mask).outside / maskArea(thing.mask);
  const move = edit && colourMove(raster, after, thing.mask, colour);
  return {
    after,
    score: {
      photo,
      instruction,
      found: edit !== undefined,
      changedOutside: edit?.report.changedOutside ?? 0,
      spill,
      move,
      ok: move?.ok === true && spill <= mostSpill,
    },
  };
}

function shown({ instruction, move, changedOutside, spill, ok }: RegionScore): string {
  if (!move) return `✗ ${instruction}: nothing found`;
  const figures = `nearer by ${move.approach.toFixed(1)}, outside ${changedOutside}, spill ${spill.toFixed(2)}`;
  return `${ok ? '✓' : '✗'} ${instruction}: ${figures}`;
}

/** What fits over a picture of the sheet. */
function captionOf({ instruction, move, spill, ok }: RegionScore): string {
  const figures = move ? `${move.approach.toFixed(0)}, spill ${spill.toFixed(1)}` : 'nothing found';
  return `${ok ? '✓' : '✗'} ${instruction}: ${figures}`;
}
