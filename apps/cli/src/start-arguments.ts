// The words of the start command.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseFault, usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { defaultStateFolder } from './state-folder.ts';

/** What `--help` prints. */
export const START_HELP = `Usage: npm start [-- options]

Runs a whole platform on this machine: the edge with its storage, and a worker with the model of this repository.
Its state, its local key and its logs are kept in a folder; the next start goes on where the last one was.

Options
  --port <n>         port of the edge, 0 = any that is free (default: 8787)
  --workers <n>      worker processes, 1 to 16 (default: 1)
  --state <folder>   where its state is kept (default: .darkroom in this repository)
  --fresh            delete that state first: jobs, pictures and the key
  --help             print this text

Ctrl-C lets running jobs end and stops everything; a second one stops at once.
Exit status: 0 stopped when asked, 1 failed, 2 wrong usage.
`;

const OPTIONS = {
  port: { type: 'string', default: '8787' },
  workers: { type: 'string', default: '1' },
  state: { type: 'string' },
  fresh: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the command was asked for. */
export interface StartArguments {
  readonly port: number;
  readonly workers: number;
  /** Absolute path. */
  readonly stateFolder: string;
  readonly isFresh: boolean;
}

/**
 * Reads the command's words; undefined when they ask for help.
 * @param folder that relative paths start from
 * @throws invalid_request, naming the word that is wrong
 */
export function parseStartArguments(words: readonly string[], folder: string): StartArguments | undefined {
  const values = parseWords(words);
  if (values.help) return undefined;
  return {
    port: readNumber('--port', values.port, [0, 65_535]),
    workers: readNumber('--workers', values.workers, [1, 16]),
    stateFolder: readState(values.state, folder),
    isFresh: values.fresh,
  };
}

/** The folder that `--state` names, as an absolute path; absent = the one in this repository. */
export function readState(text: string | undefined, folder: string): string {
  if (text?.trim() === '') throw usageFault('--state: expected a folder, got nothing', '--state');
  return text === undefined ? defaultStateFolder : resolve(folder, text);
}

function parseWords(words: readonly string[]): ReturnType<typeof parse> {
  try {
    return parse(words);
  } catch (cause) {
    throw parseFault(cause);
  }
}

function parse(words: readonly string[]) {
  return parseArgs({ args: [...words], options: OPTIONS }).values;
}

function readNumber(option: string, text: string, [min, max]: readonly [number, number]): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw usageFault(`${option}: expected a whole number from ${min} to ${max}, got "${text}"`, option);
}
