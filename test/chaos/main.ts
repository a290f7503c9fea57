#!/usr/bin/env node
// `npm run chaos`: breaks a local platform at work and looks into its books.
import { callerFolder } from '@darkroom/gpu-worker/cli/caller-folder';
import { AppError, toAppError } from '@darkroom/shared/errors';
import { type ChaosArguments, chaosHelp, parseChaosArguments } from './chaos-arguments.ts';
import { isSound, reportText } from './report.ts';
import { runChaos } from './run-chaos.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interrupted = 130;

process.exit(await main(process.argv.slice(2)));

async function main(words: readonly string[]): Promise<number> {
  const asked = read(words);
  if (typeof asked === 'number') return asked;
  const stop = new AbortController();
  for (const name of stopSignals)
    process.on(name, () => stop.abort(new AppError('canceled', { message: 'stopped' })));
  const onNotice = asked.json
    ? () => undefined
    : (notice: string) => process.stderr.write(`chaos: ${notice}\n`);
  try {
    const sections = await runChaos(asked, { onNotice, signal: stop.signal });
    const ok = isSound(sections);
    const { json, logs: _logs, ...run } = asked;
    process.stdout.write(
      json ? `${JSON.stringify({ ok, ...run, sections })}\n` : `${reportText(sections)}\n`,
    );
    return ok ? 0 : 1;
  } catch (fault) {
    if (stop.signal.aborted) return interrupted;
    const { code, message, cause } = toAppError(fault);
    process.stderr.write(`${code === 'internal' && cause instanceof Error ? cause.stack : message}\n`);
    return 1;
  }
}

/** What is asked for, or the exit status when there is nothing to run. */
function read(words: readonly string[]): ChaosArguments | number {
  try {
    const asked = parseChaosArguments(words, { folder: callerFolder(), random: Math.random });
    if (asked) return asked;
    process.stdout.write(chaosHelp);
    return 0;
  } catch (fault) {
    process.stderr.write(`${toAppError(fault).message}\n\n${chaosHelp}`);
    return 2;
  }
}
