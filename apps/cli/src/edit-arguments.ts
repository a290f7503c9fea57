// The words of the edit command, checked against the same bounds as a request over HTTP.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseFault, usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { type OutputFormat, outputFormatOf } from '@darkroom/gpu-worker/image/encode';
import { imageGuidanceScale, prompt as Prompt, sampling } from '@darkroom/shared/contracts/parameters';
import type { SchedulerPresetName } from '@darkroom/shared/schedulers/presets';
import { z } from 'zod';
import type { Access } from './readiness.ts';
import { readState } from './start-arguments.ts';

/** What `--help` prints. */
export const EDIT_HELP = `Usage: npm run edit -- <photo> "<what to change>" [options]

  npm run edit -- photo.jpg "make it a snowy night"

The edit runs on a platform, over HTTP: the one that --server names, else the one that npm start runs on this machine,
else one that is started for this edit and stopped behind it.

Options
  --out <file>             where to write the picture: .png, .jpg or .webp; replaces what is there
                           (default: <photo>.edited.<its type> beside the photo, numbered when taken)
  --seed <n>               seed of the noise; the same seed gives the same picture (default: random)
  --steps <n>              number of denoising steps (default: the model's own)
  --guidance <s>           how strongly the words steer, 1 = no guidance (default: the model's own)
  --image-guidance <s>     how strongly the photo is kept (default: the model's own)
  --model <folder or id>   a model folder, which implies --local, or a hub id that npm run models -- pull has fetched
                           (default: the model in this repository)
  --scheduler <name>       sampling method, such as ddim, euler, dpmpp_2m_karras (default: the model's own)
  --server <address>       the platform to ask (default: DARKROOM_URL)
  --key <key>              the key to it (default: DARKROOM_KEY, which other users of the machine cannot see)
  --state <folder>         where the platform of this machine keeps its state (default: .darkroom in this repository)
  --local                  run the edit in this process, without a platform
  --json                   print one JSON object on standard output, and no progress
  --help                   print this text

Photos: JPEG, PNG, WebP, AVIF. Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.
`;

const OPTIONS = {
  out: { type: 'string' },
  seed: { type: 'string' },
  steps: { type: 'string' },
  guidance: { type: 'string' },
  'image-guidance': { type: 'string' },
  model: { type: 'string' },
  scheduler: { type: 'string' },
  server: { type: 'string' },
  key: { type: 'string' },
  state: { type: 'string' },
  local: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the command was asked for; an absent option is left to the model. */
export interface EditArguments {
  /** Absolute path. */
  readonly photo: string;
  readonly prompt: string;
  /** Where to write, as an absolute path, and the type that its name asks for. */
  readonly out?: { readonly path: string; readonly format: OutputFormat };
  readonly seed?: number;
  readonly steps?: number;
  readonly guidanceScale?: number;
  readonly imageGuidanceScale?: number;
  readonly scheduler?: SchedulerPresetName;
  /** As it was typed: a folder or a hub id. */
  readonly model?: string;
  /** Whether the edit is to run in this process. */
  readonly isLocal: boolean;
  /** The platform to ask; absent = one on this machine. */
  readonly server?: Access;
  /** Where a platform on this machine keeps its state; absolute path. */
  readonly stateFolder: string;
}

/** What the command reads of the environment. */
export type EditEnvironment = Readonly<Partial<Record<'DARKROOM_URL' | 'DARKROOM_KEY', string>>>;

/**
 * Reads the command's words; undefined when they ask for help.
 * @param folder that relative paths start from
 * @throws invalid_request, unsupported_media (by the name of `--out`), naming the word that is wrong
 */
export function parseEditArguments(
  words: readonly string[],
  folder: string,
  environment: EditEnvironment,
): EditArguments | undefined {
  const { values, positionals } = parseWords(words);
  if (values.help) return undefined;
  const [photo, prompt] = readPositionals(positionals);
  const numbers = {
    seed: readNumber('--seed', values.seed, sampling.seed),
    steps: readNumber('--steps', values.steps, sampling.steps),
    guidanceScale: readNumber('--guidance', values.guidance, sampling.guidanceScale),
    imageGuidanceScale: readNumber('--image-guidance', values['image-guidance'], imageGuidanceScale),
  };
  const out = readText('--out', values.out, 'a file name');
  const model = readText('--model', values.model, 'a model folder or a hub id');
  return {
    photo: resolve(folder, photo),
    prompt: readPrompt(prompt),
    isLocal: values.local,
    stateFolder: readState(values.state, folder),
    ...readServer(values, environment),
    ...given({ ...numbers, model, scheduler: readScheduler(values.scheduler) }),
    ...(out !== undefined && { out: { path: resolve(folder, out), format: outputFormatOf(out) } }),
  };
}

function parseWords(words: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(words);
  } catch (cause) {
    throw parseFault(cause);
  }
}

function parse(words: readonly string[]) {
  return parseArgs({ args: joinNegative(words), options: OPTIONS, allowPositionals: true });
}

const numberOptions = new Set(['--seed', '--steps', '--guidance', '--image-guidance']);

/** `--seed -1` as `--seed=-1`: what looks like an option would not be read as a value, nor its bounds be told. */
function joinNegative(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1) ?? '';
    if (numberOptions.has(last) && /^-\d/.test(word)) joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/** The platform that is named, with the key to it. */
function readServer(
  { server, key, local }: { readonly server?: string; readonly key?: string; readonly local: boolean },
  { DARKROOM_URL, DARKROOM_KEY }: EditEnvironment,
): Pick<EditArguments, 'server'> {
  if (local && server !== undefined) throw usageFault('--local: expected no --server beside it', '--local');
  const url = server ?? (DARKROOM_URL || undefined);
  if (local || url === undefined) return {};
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw usageFault(`--server: expected an address that begins with http, got "${url}"`, '--server');
  const known = key ?? DARKROOM_KEY;
  if (!known) throw usageFault(`--key: expected the key to ${url}, got nothing`, '--key');
  return { server: { url: url.replace(/\/+$/, ''), key: known } };
}

function readPositionals(positionals: readonly string[]): readonly [string, string] {
  const [photo = '', prompt, ...rest] = positionals;
  if (rest.length > 0) {
    throw usageFault(
      `expected a photo and a prompt, got ${positionals.length} words; put the prompt in quotes`,
      'prompt',
    );
  }
  if (photo === '')
    throw usageFault('photo: expected a file name, got nothing; --help shows an example', 'photo');
  if (prompt === undefined)
    throw usageFault('prompt: expected what to change, got nothing; --help shows an example', 'prompt');
  return [photo, prompt];
}

function readPrompt(text: string): string {
  const parsed = Prompt.safeParse(text);
  if (parsed.success) return parsed.data;
  const { maxLength } = z.toJSONSchema(Prompt);
  const length = text.trim() === '' ? 0 : text.length;
  throw usageFault(`prompt: expected 1 to ${maxLength} characters, got ${length}`, 'prompt');
}

function readText(option: string, text: string | undefined, expected: string): string | undefined {
  if (text?.trim() === '') throw usageFault(`${option}: expected ${expected}, got nothing`, option);
  return text;
}

/** A number in plain or scientific notation within the bounds of the contract's field. */
function readNumber(
  option: string,
  text: string | undefined,
  contract: z.ZodType<number | undefined>,
): number | undefined {
  if (text === undefined) return undefined;
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const parsed = contract.safeParse(isNumber ? Number(text) : Number.NaN);
  if (parsed.success) return parsed.data;
  const { type, minimum, maximum } = z.toJSONSchema(contract);
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  throw usageFault(`${option}: expected ${kind} from ${minimum} to ${maximum}, got "${text}"`, option);
}

function readScheduler(name: string | undefined): SchedulerPresetName | undefined {
  const parsed = sampling.scheduler.safeParse(name);
  if (parsed.success) return parsed.data;
  const known = sampling.scheduler.unwrap().options.join(', ');
  throw usageFault(`--scheduler: expected one of ${known}, got "${name}"`, '--scheduler');
}

/** Leaves out what is undefined. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
