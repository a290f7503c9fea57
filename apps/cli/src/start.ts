// npm start: a whole platform on this machine until it is told to stop.
import { relative } from 'node:path';
import { callerFolder } from '@darkroom/gpu-worker/cli/caller-folder';
import { toAppError } from '@darkroom/shared/errors';
import { startPlatform } from './platform.ts';
import type { Access } from './readiness.ts';
import { parseStartArguments, START_HELP, type StartArguments } from './start-arguments.ts';
import { defaultStateFolder, projectRoot } from './state-folder.ts';
import { listenForStop } from './stop-signal.ts';

// Connections to the edge stay open for a while; they are no reason to stay.
if (import.meta.main) process.exit(await main(process.argv.slice(2)));

/** Runs the command; 0 = stopped when asked, 1 = failed, 2 = wrong usage. */
async function main(words: readonly string[]): Promise<number> {
  let asked: StartArguments | undefined;
  try {
    asked = parseStartArguments(words, callerFolder());
  } catch (fault) {
    say(toAppError(fault).message);
    return 2;
  }
  if (asked === undefined) {
    process.stdout.write(START_HELP);
    return 0;
  }
  using stop = listenForStop('stopped');
  try {
    await run(asked, stop.signal);
    return 0;
  } catch (fault) {
    if (stop.signal.aborted) return 0;
    const { code, message, cause } = toAppError(fault);
    say(code === 'internal' && cause instanceof Error ? (cause.stack ?? cause.message) : message);
    return 1;
  }
}

/** Runs a platform until the signal comes. @throws unavailable when one of its processes does not stay up */
async function run(asked: StartArguments, signal: AbortSignal): Promise<void> {
  await using platform = await startPlatform({ ...asked, onNotice: say, signal });
  process.stdout.write(greeting(platform, asked));
  const stopped = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => stopped.resolve());
  signal.throwIfAborted();
  await Promise.race([stopped.promise, platform.broken]);
  say('stopping; running jobs may end');
}

function greeting({ url, key }: Access, { stateFolder }: StartArguments): string {
  const shown = relative(projectRoot, stateFolder);
  const folder = shown.startsWith('..') ? stateFolder : shown;
  const state = stateFolder === defaultStateFolder ? '' : ` --state ${folder}`;
  return `
Darkroom runs at ${url}
  reference   ${url}/reference
  key         ${key}
              a key for this machine alone, kept in ${folder}/secrets.json; it costs nothing
  logs        ${folder}/logs

  curl ${url}/v1/edits -H "Authorization: Bearer ${key}" \\
    -H "Prefer: wait=60" -F image=@photo.jpg -F "prompt=make it a snowy night"

  npm run edit -- photo.jpg "make it a snowy night"${state}

Ctrl-C stops it.
`;
}

function say(notice: string): void {
  process.stderr.write(`start: ${notice}\n`);
}
