#!/usr/bin/env node
// `npm run verify -- goldens|manifests <dir>`: compares this engine with recorded numbers and real checkpoints' layouts.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { callerFolder } from '@darkroom/gpu-worker/cli/caller-folder';
import { reportGoldens, reportManifests, type Totals } from './report.ts';

const help = `Usage: npm run verify -- <what> <dir> [--strict]

  goldens <dir>     compares every golden below <dir> (or the golden <dir> itself) with this engine's numbers
                    and prints the maximum absolute and relative error of every output
  manifests <dir>   compares the names and shapes of the weights that each network asks for with the
                    tensor lists of real checkpoints (*.json)

  --strict          also fail when something in <dir> has no check here
  --help            print this

Exit status: 0 when everything is within its tolerance, 1 when not, 2 for a wrong call.`;

const commands: Readonly<Record<string, (folder: string) => Promise<Totals>>> = {
  goldens: reportGoldens,
  manifests: reportManifests,
};

async function main(): Promise<number> {
  const options = { strict: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) {
    console.log(help);
    return 0;
  }
  const [what = '', folder, ...rest] = positionals;
  const command = commands[what];
  if (!command || folder === undefined || rest.length > 0) {
    console.error(help);
    return 2;
  }
  const { passed, failed, unknown } = await command(resolve(callerFolder(), folder));
  console.log(`\n${passed} ok, ${failed} failed, ${unknown} without a check`);
  return failed > 0 || passed === 0 || (values.strict && unknown > 0) ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
