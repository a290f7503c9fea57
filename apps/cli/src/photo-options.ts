// What the commands that send one photo have in common: which photo, which platform, which model.
import { resolve } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { parseFault, usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { z } from 'zod';
import type { Access } from './readiness.ts';
import { readState } from './start-arguments.ts';

/** Options of every such command. */
export const photoOptions = {
  model: { type: 'string' },
  server: { type: 'string' },
  key: { type: 'string' },
  state: { type: 'string' },
  local: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What `--help` prints of them. */
export const PHOTO_OPTIONS_HELP = `  --model <folder or id>   a model folder, which implies --local, or a hub id that npm run models -- pull has fetched
                           (default: the model in this repository)
  --server <address>       the platform to ask (default: DARKROOM_URL)
  --key <key>              the key to it (default: DARKROOM_KEY, which other users of the machine cannot see)
  --state <folder>         where the platform of this machine keeps its state (default: .darkroom in this repository)
  --local                  do it in this process, without a platform
  --json                   print one JSON object on standard output, and no progress
  --help                   print this text

Photos: JPEG, PNG, WebP, AVIF. Exit status: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C.
`;

/** What every such command was asked for. */
export interface PhotoArguments {
  /** Absolute path. */
  readonly photo: string;
  /** As it was typed: a folder or a hub id; absent = the repository's own. */
  readonly model?: string;
  /** Whether the work is to be done in this process. */
  readonly isLocal: boolean;
  /** The platform to ask; absent = one on this machine. */
  readonly server?: Access;
  /** Where a platform on this machine keeps its state; absolute path. */
  readonly stateFolder: string;
}

/** What the commands read of the environment. */
export type CommandEnvironment = Readonly<Partial<Record<'DARKROOM_URL' | 'DARKROOM_KEY', string>>>;

/** Where a command was typed. */
export interface CommandPlace {
  /** That relative paths start from. */
  readonly folder: string;
  readonly environment: CommandEnvironment;
}

/**
 * `--seed -1` as `--seed=-1`: what looks like an option would not be read as a value, nor its bounds be told.
 * @param options whose values may begin with a minus and a digit
 */
function joinNegative(words: readonly string[], options: ReadonlySet<string>): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1) ?? '';
    if (options.has(last) && /^-\d/.test(word)) joined[joined.length - 1] = `${last}=${word}`;
    else joined.push(word);
  }
  return joined;
}

/**
 * Splits a command's words into options and the rest.
 * @param numbers options whose values may be negative
 * @throws invalid_request naming a word that is no option or misses its value
 */
export function splitWords<const O extends NonNullable<ParseArgsConfig['options']>>(
  words: readonly string[],
  options: O,
  numbers: readonly string[],
) {
  try {
    return parseArgs({ args: joinNegative(words, new Set(numbers)), options, allowPositionals: true });
  } catch (cause) {
    throw parseFault(cause);
  }
}

type PhotoValues = {
  readonly [K in 'model' | 'server' | 'key' | 'state']?: string | undefined;
} & { readonly local: boolean };

/** Reads the words that every command has. @throws invalid_request naming the word that is wrong */
export function readPhotoArguments(
  photo: string | undefined,
  values: PhotoValues,
  { folder, environment }: CommandPlace,
): PhotoArguments {
  if (!photo) throw usageFault('photo: expected a file name, got nothing; --help shows an example', 'photo');
  const model = readText('--model', values.model, 'a model folder or a hub id');
  return {
    photo: resolve(folder, photo),
    isLocal: values.local,
    stateFolder: readState(values.state, folder),
    ...readServer(values, environment),
    ...given({ model }),
  };
}

/** The platform that is named, with the key to it. */
function readServer(
  { server, key, local }: PhotoValues,
  { DARKROOM_URL, DARKROOM_KEY }: CommandEnvironment,
): Pick<PhotoArguments, 'server'> {
  if (local && server !== undefined) throw usageFault('--local: expected no --server beside it', '--local');
  const url = server ?? (DARKROOM_URL || undefined);
  if (local || url === undefined) return {};
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url))
    throw usageFault(`--server: expected an address that begins with http, got "${url}"`, '--server');
  const known = key ?? DARKROOM_KEY;
  if (!known) throw usageFault(`--key: expected the key to ${url}, got nothing`, '--key');
  return { server: { url: url.replace(/\/+$/, ''), key: known } };
}

/** An option's text, which may be absent but not empty. */
export function readText(option: string, text: string | undefined, expected: string): string | undefined {
  if (text?.trim() === '') throw usageFault(`${option}: expected ${expected}, got nothing`, option);
  return text;
}

/** Words within the bounds of the contract's field. */
export function readWords(name: string, text: string, contract: z.ZodType<string>): string {
  const parsed = contract.safeParse(text);
  if (parsed.success) return parsed.data;
  const { maxLength } = z.toJSONSchema(contract);
  const length = text.trim() === '' ? 0 : text.length;
  throw usageFault(`${name}: expected 1 to ${maxLength} characters, got ${length}`, name);
}

/** A number in plain or scientific notation within the bounds of the contract's field. */
export function readNumber(
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

/** For commands that take a photo alone. @throws invalid_request when there are more words */
export function refuseMore(words: readonly string[]): void {
  const [first] = words;
  if (first !== undefined)
    throw usageFault(`expected a photo and options, got "${first}" too; --help lists the options`, 'photo');
}

/** Leaves out what is undefined. */
export function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
