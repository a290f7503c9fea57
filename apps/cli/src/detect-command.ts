// The detect command: names of things in, boxes around them out.

import { usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { formatDuration } from '@darkroom/gpu-worker/models/hub-progress';
import { DetectRequest } from '@darkroom/shared/contracts/vision-request';
import type { OutFile } from './job-event.ts';
import { readFolder, readOutFile } from './out-file.ts';
import { chooseInFolder, chooseNamed, type OutputPlace, writePictures } from './output-place.ts';
import { drawResult } from './overlay.ts';
import type { PhotoCommand } from './photo-command.ts';
import {
  given,
  PHOTO_OPTIONS_HELP,
  type PhotoArguments,
  photoOptions,
  readNumber,
  readPhotoArguments,
  readWords,
  splitWords,
} from './photo-options.ts';

const HELP = `Usage: npm run detect -- <photo> <name> [<name> …] [options]

  npm run detect -- photo.jpg "dog" "red car"

Prints a line for each thing found: its name, how sure the model is, and its box (x0,y0,x1,y1 in pixels).

Options
  --threshold <s>          least score of what is told, 0 to 1 (default: the model's own)
  --limit <n>              most things that are told (default: 100)
  --overlay <file>         also write the photo with the boxes drawn on it: .png, .jpg or .webp
  --label-maps <folder>    also outline each thing, and write semantic.png, instance.png and panoptic.png there
${PHOTO_OPTIONS_HELP}`;

const OPTIONS = {
  ...photoOptions,
  threshold: { type: 'string' },
  limit: { type: 'string' },
  overlay: { type: 'string' },
  'label-maps': { type: 'string' },
} as const;

const { queries: Queries, threshold: Threshold, limit: Limit } = DetectRequest.shape;
const mapNames = ['semantic', 'instance', 'panoptic'] as const;

/** What the command was asked for. */
export interface DetectArguments extends PhotoArguments {
  readonly queries: readonly string[];
  readonly threshold?: number;
  readonly limit?: number;
  readonly overlay?: OutFile;
  /** Absolute path of the folder for label maps; absent = none are wanted. */
  readonly labelMaps?: string;
}

interface Places {
  readonly overlay: OutputPlace | undefined;
  /** In the order of the job's pictures. */
  readonly maps: readonly OutputPlace[];
}

export const detectCommand: PhotoCommand<DetectArguments, Places> = {
  kind: 'detect',
  help: HELP,
  parse(words, place) {
    const { values, positionals } = splitWords(words, OPTIONS, ['--threshold', '--limit']);
    if (values.help) return undefined;
    const [photo, ...queries] = positionals;
    const known = readPhotoArguments(photo, values, place);
    return {
      ...known,
      queries: readQueries(queries),
      ...given({
        threshold: readNumber('--threshold', values.threshold, Threshold),
        limit: readNumber('--limit', values.limit, Limit.unwrap().optional()),
        overlay: readOutFile('--overlay', values.overlay, place),
        labelMaps: readFolder('--label-maps', values['label-maps'], place),
      }),
    };
  },
  async prepare({ photo, overlay, labelMaps }) {
    const maps = labelMaps === undefined ? [] : await chooseInFolder(labelMaps, mapNames, '--label-maps');
    return { overlay: overlay && (await chooseNamed(overlay, photo, '--overlay')), maps };
  },
  wish({ queries, threshold, limit, labelMaps, model }) {
    return { queries, threshold, limit, labelMaps: labelMaps === undefined ? undefined : true, model };
  },
  async write({ overlay, maps }, { pictures, result }, photo) {
    const placed = maps.flatMap((place, i) =>
      pictures.slice(i, i + 1).map((picture) => ({ place, picture })),
    );
    if (overlay && result)
      placed.push({ place: overlay, picture: await drawResult(photo, result, overlay.format) });
    return await writePictures(placed);
  },
  tell({ outputs, result }, startedAtMs) {
    const { detections = [], unknownQueries = [] } = result?.kind === 'detect' ? result : {};
    const lines = detections.map(({ label, score, box }) => {
      const corners = box.map((corner) => Math.round(corner)).join(',');
      return `${label}\t${score.toFixed(2)}\t${corners}\n`;
    });
    const count = detections.length === 0 ? 'nothing' : String(detections.length);
    const unknown = unknownQueries.map((query) => `the model knows no word of "${query}"\n`).join('');
    const written = outputs.map(({ path }) => `${path}\n`).join('');
    return {
      out: lines.join(''),
      err: `${written}${unknown}${count} found, ${formatDuration(Date.now() - startedAtMs)}\n`,
    };
  },
};

function readQueries(queries: readonly string[]): string[] {
  const most = 16;
  if (queries.length === 0 || queries.length > most) {
    const count = queries.length === 0 ? 'nothing' : String(queries.length);
    throw usageFault(
      `queries: expected 1 to ${most} names of things, got ${count}; --help shows an example`,
      'queries',
    );
  }
  return queries.map((query) => readWords('queries', query, Queries.element));
}
