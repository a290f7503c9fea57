// The words of the edit command, checked against the same bounds as a request over HTTP.
import { resolve } from 'node:path';
import { usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { imageGuidanceScale, prompt as Prompt, sampling } from '@darkroom/shared/contracts/parameters';
import { feather as Feather, Phrase } from '@darkroom/shared/contracts/region';
import type { SchedulerPresetName } from '@darkroom/shared/schedulers/presets';
import type { OutFile } from './job-event.ts';
import { readOutFile } from './out-file.ts';
import {
  type CommandPlace,
  given,
  PHOTO_OPTIONS_HELP,
  type PhotoArguments,
  photoOptions,
  readNumber,
  readPhotoArguments,
  readText,
  readWords,
  splitWords,
} from './photo-options.ts';
import { PLACE_HELP, type PlaceWish, placeNumbers, readBox, readPoints } from './region-options.ts';

/** What `--help` prints. */
export const EDIT_HELP = `Usage: npm run edit -- <photo> "<what to change>" [options]

  npm run edit -- photo.jpg "make it a snowy night"
  npm run edit -- photo.jpg "make the car red" --region "the car"

The edit runs on a platform, over HTTP: the one that --server names, else the one that npm start runs on this machine,
else one that is started for this edit and stopped behind it.

Where (absent = the whole photo; outside, not a byte of the picture changes)
  --region "<words>"       what may change, in words (default: all; of "make the car red" the car, where it is found)
${PLACE_HELP}
  --mask <file>            a picture of the photo's size, white where it may change
  --feather <n>            width of the soft edge inside it, in pixels (default: 2; with --mask: as the mask is)

Options
  --out <file>             where to write the picture: .png, .jpg or .webp; replaces what is there
                           (default: <photo>.edited.<its type> beside the photo, numbered when taken)
  --seed <n>               seed of the noise; the same seed gives the same picture (default: random)
  --steps <n>              number of denoising steps (default: the model's own)
  --guidance <s>           how strongly the words steer, 1 = no guidance (default: the model's own)
  --image-guidance <s>     how strongly the photo is kept (default: the model's own)
  --scheduler <name>       sampling method, such as ddim, euler, dpmpp_2m_karras (default: the model's own)
${PHOTO_OPTIONS_HELP}`;

const OPTIONS = {
  ...photoOptions,
  out: { type: 'string' },
  seed: { type: 'string' },
  steps: { type: 'string' },
  guidance: { type: 'string' },
  'image-guidance': { type: 'string' },
  scheduler: { type: 'string' },
  region: { type: 'string' },
  point: { type: 'string', multiple: true },
  box: { type: 'string' },
  mask: { type: 'string' },
  feather: { type: 'string' },
} as const;

const numbers = ['--seed', '--steps', '--guidance', '--image-guidance', '--feather', ...placeNumbers];

/** The part of the photo that may change, as a request says it. */
export interface RegionWish extends PlaceWish {
  readonly feather?: number;
}

/** What the command was asked for; an absent option is left to the model. */
export interface EditArguments extends PhotoArguments {
  readonly prompt: string;
  /** Where to write, and the type that its name asks for. */
  readonly out?: OutFile;
  readonly seed?: number;
  readonly steps?: number;
  readonly guidanceScale?: number;
  readonly imageGuidanceScale?: number;
  readonly scheduler?: SchedulerPresetName;
  readonly region?: RegionWish;
  /** Absolute path of a mask; never beside a region. */
  readonly mask?: string;
  /** Of the mask's edge; a region has its own. */
  readonly feather?: number;
}

/**
 * Reads the command's words; undefined when they ask for help.
 * @throws invalid_request, unsupported_media (by the name of `--out`), naming the word that is wrong
 */
export function parseEditArguments(words: readonly string[], place: CommandPlace): EditArguments | undefined {
  const { values, positionals } = splitWords(words, OPTIONS, numbers);
  if (values.help) return undefined;
  const { folder } = place;
  const [photo, prompt] = readPositionals(positionals);
  const settings = {
    seed: readNumber('--seed', values.seed, sampling.seed),
    steps: readNumber('--steps', values.steps, sampling.steps),
    guidanceScale: readNumber('--guidance', values.guidance, sampling.guidanceScale),
    imageGuidanceScale: readNumber('--image-guidance', values['image-guidance'], imageGuidanceScale),
    scheduler: readScheduler(values.scheduler),
  };
  return {
    ...readPhotoArguments(photo, values, place),
    prompt: readWords('prompt', prompt, Prompt),
    ...given(settings),
    ...readWhere(values, folder),
    ...given({ out: readOutFile('--out', values.out, place) }),
  };
}

interface WhereValues {
  readonly region?: string | undefined;
  readonly point?: readonly string[] | undefined;
  readonly box?: string | undefined;
  readonly mask?: string | undefined;
  readonly feather?: string | undefined;
}

/** The region or the mask. @throws invalid_request when both are given, or a feather for neither */
function readWhere(values: WhereValues, folder: string): Pick<EditArguments, 'region' | 'mask' | 'feather'> {
  const text = values.region === undefined ? undefined : readWords('--region', values.region, Phrase);
  const hints = given({ text, points: readPoints(values.point), box: readBox(values.box) });
  const hasRegion = Object.keys(hints).length > 0;
  const mask = readText('--mask', values.mask, 'a file name');
  const feather = readNumber('--feather', values.feather, Feather.optional());
  if (mask !== undefined && hasRegion)
    throw usageFault('--mask: expected no --region, --point or --box beside it', '--mask');
  if (mask !== undefined) return { mask: resolve(folder, mask), ...given({ feather }) };
  if (hasRegion) return { region: { ...hints, ...given({ feather }) } };
  if (feather !== undefined)
    throw usageFault('--feather: expected --region, --point, --box or --mask beside it', '--feather');
  return {};
}

function readPositionals(positionals: readonly string[]): readonly [string, string] {
  const [photo = '', prompt, ...rest] = positionals;
  if (rest.length > 0) {
    throw usageFault(
      `expected a photo and a prompt, got ${positionals.length} words; put the prompt in quotes`,
      'prompt',
    );
  }
  if (photo !== '' && prompt === undefined)
    throw usageFault('prompt: expected what to change, got nothing; --help shows an example', 'prompt');
  return [photo, prompt ?? ''];
}

function readScheduler(name: string | undefined): SchedulerPresetName | undefined {
  const parsed = sampling.scheduler.safeParse(name);
  if (parsed.success) return parsed.data;
  const known = sampling.scheduler.unwrap().options.join(', ');
  throw usageFault(`--scheduler: expected one of ${known}, got "${name}"`, '--scheduler');
}
