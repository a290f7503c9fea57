// The segment command: points, a box or words in, a mask out.
import { resolve } from 'node:path';
import { formatDuration } from '@darkroom/gpu-worker/models/hub-progress';
import { Phrase } from '@darkroom/shared/contracts/region';
import type { OutFile } from './job-event.ts';
import { readOutFile } from './out-file.ts';
import {
  chooseNamed,
  chooseOutput,
  type OutputPlace,
  type PlacedPicture,
  writePictures,
} from './output-place.ts';
import { drawResult } from './overlay.ts';
import type { PhotoCommand } from './photo-command.ts';
import {
  given,
  PHOTO_OPTIONS_HELP,
  type PhotoArguments,
  photoOptions,
  readPhotoArguments,
  readText,
  readWords,
  refuseMore,
  splitWords,
} from './photo-options.ts';
import { PLACE_HELP, type PlaceWish, placeNumbers, readBox, readPoints } from './region-options.ts';

const HELP = `Usage: npm run segment -- <photo> [where] [options]

  npm run segment -- photo.jpg --point 350,450 --out mask.png
  npm run segment -- photo.jpg --text "the dog" --overlay dog.png

Writes a mask: a grey picture of the photo's size, 255 inside and 0 outside.

Where (absent = everything there is, one mask for each thing, and the picture shows all of them)
${PLACE_HELP}
  --text "<words>"         what to find, in words
  --mask <file>            an earlier mask to go on from, of the photo's size
  --multimask              answer with three masks, of a part, a whole and more, the best first

Options
  --out <file>             where to write the mask: .png; replaces what is there
                           (default: <photo>.mask.png beside the photo, numbered when taken)
  --overlay <file>         also write the photo with what was found drawn on it: .png, .jpg or .webp
${PHOTO_OPTIONS_HELP}`;

const OPTIONS = {
  ...photoOptions,
  out: { type: 'string' },
  overlay: { type: 'string' },
  point: { type: 'string', multiple: true },
  box: { type: 'string' },
  text: { type: 'string' },
  mask: { type: 'string' },
  multimask: { type: 'boolean' },
} as const;

/** What the command was asked for. */
export interface SegmentArguments extends PhotoArguments, PlaceWish {
  /** Absolute path of an earlier mask. */
  readonly mask?: string;
  readonly multimask?: boolean;
  readonly out?: OutFile;
  readonly overlay?: OutFile;
}

interface Places {
  readonly mask: OutputPlace;
  readonly overlay: OutputPlace | undefined;
}

export const segmentCommand: PhotoCommand<SegmentArguments, Places> = {
  kind: 'segment',
  help: HELP,
  parse(words, place) {
    const { values, positionals } = splitWords(words, OPTIONS, placeNumbers);
    if (values.help) return undefined;
    const [photo, ...more] = positionals;
    refuseMore(more);
    const mask = readText('--mask', values.mask, 'a file name');
    return {
      ...readPhotoArguments(photo, values, place),
      ...given({
        points: readPoints(values.point),
        box: readBox(values.box),
        text: values.text === undefined ? undefined : readWords('--text', values.text, Phrase),
        mask: mask && resolve(place.folder, mask),
        multimask: values.multimask,
        out: readOutFile('--out', values.out, { ...place, formats: ['png'] }),
        overlay: readOutFile('--overlay', values.overlay, place),
      }),
    };
  },
  async prepare({ photo, out, overlay }, type) {
    return {
      mask: await chooseOutput({ photo, out }, type, { suffix: 'mask', format: 'png' }),
      overlay: overlay && (await chooseNamed(overlay, photo, '--overlay')),
    };
  },
  wish: ({ points, box, text, multimask, model }) => ({ points, box, text, multimask, model }),
  maskFile: ({ mask }) => mask,
  async write({ mask, overlay }, { pictures, result }, photo) {
    const placed: PlacedPicture[] = pictures.slice(0, 1).map((picture) => ({ place: mask, picture }));
    if (overlay && result)
      placed.push({ place: overlay, picture: await drawResult(photo, result, overlay.format) });
    return await writePictures(placed);
  },
  tell({ outputs, result }, startedAtMs) {
    const masks = result?.kind === 'segment' ? result.masks : [];
    const took = formatDuration(Date.now() - startedAtMs);
    const lines = masks.slice(0, shownMasks).map(({ score, area, box, label }) => {
      const corners = box.map((corner) => Math.round(corner)).join(',');
      return `${label ?? 'mask'}  score ${score.toFixed(2)}  ${area} pixels  box ${corners}\n`;
    });
    const rest = masks.length > shownMasks ? `and ${masks.length - shownMasks} more\n` : '';
    return {
      err: `${lines.join('')}${rest}${masks.length} ${masks.length === 1 ? 'mask' : 'masks'}, ${took}\n`,
      out: outputs.map(({ path }) => `${path}\n`).join(''),
    };
  },
};

/** Masks that a person is told about; --json tells all. */
const shownMasks = 10;
