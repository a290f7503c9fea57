// The words of the chaos command.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@darkroom/shared/errors';

/** What a run is asked for. */
export interface ChaosArguments {
  readonly jobs: number;
  readonly workers: number;
  /** How long things are killed, at most. */
  readonly seconds: number;
  /** Decides what is killed when. */
  readonly seed: number;
  /** Folder for the logs of all processes; undefined = they go with the platform. */
  readonly logs: string | undefined;
  readonly json: boolean;
}

/** What `--help` prints. */
export const chaosHelp = `Usage: npm run chaos [-- <options>]

Sends real edits through a local platform while its parts are killed: workers and the edge's server with kill -9,
workers' sockets by cutting them. Then looks into the books: every job ended once, was billed once and told once.
Uses this machine alone and leaves nothing behind.

  --jobs <n>       jobs to send, 10 to 5,000 (default: 500)
  --workers <n>    worker processes, 2 to 16 (default: 4)
  --seconds <n>    how long things are killed, 5 to 600 (default: 90)
  --seed <n>       decides what is killed when (default: drawn, and printed)
  --logs <folder>  where to leave the logs of all processes (default: nowhere)
  --json           print one JSON object on standard output, and no progress
  --help           print this text

Exit status: 0 all invariants hold, 1 one is broken (the jobs are named), 2 wrong usage, 130 stopped by Ctrl-C.
`;

const options = {
  jobs: { type: 'string', default: '500' },
  workers: { type: 'string', default: '4' },
  seconds: { type: 'string', default: '90' },
  seed: { type: 'string' },
  logs: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const maxSeed = 2 ** 31 - 2;

/**
 * Reads the words; undefined when they ask for help.
 * @param folder that relative paths start from
 * @param random in [0, 1): draws the seed when none is given
 * @throws AppError `invalid_request`, naming the word that is wrong
 */
export function parseChaosArguments(
  words: readonly string[],
  { folder, random }: { readonly folder: string; readonly random: () => number },
): ChaosArguments | undefined {
  const { values } = parseWords(words);
  if (values.help) return undefined;
  return {
    jobs: wholeNumber('--jobs', values.jobs, [10, 5_000]),
    workers: wholeNumber('--workers', values.workers, [2, 16]),
    seconds: wholeNumber('--seconds', values.seconds, [5, 600]),
    seed:
      values.seed === undefined
        ? Math.floor(random() * 1e6)
        : wholeNumber('--seed', values.seed, [0, maxSeed]),
    logs: values.logs === undefined ? undefined : resolve(folder, values.logs),
    json: values.json,
  };
}

function parseWords(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options });
  } catch (cause) {
    throw new AppError('invalid_request', { message: (cause as Error).message, cause });
  }
}

function wholeNumber(name: string, text: string, [min, max]: readonly [min: number, max: number]): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new AppError('invalid_request', {
    message: `${name}: expected a whole number from ${min} to ${max}, got ${JSON.stringify(text)}`,
  });
}
