#!/usr/bin/env node
// `npm run verify -- goldens|manifests <dir>`: compares this engine with recorded numbers and real checkpoints' layouts.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyGoldens } from './goldens.ts';
import type { Measurement } from './measurement.ts';

const help = `Usage: npm run verify -- <what> <dir> [--strict]

  goldens <dir>     compares every golden below <dir> (or the golden <dir> itself) with this engine's numbers
                    and prints the maximum absolute and relative error of every output
  manifests <dir>   compares the names and shapes of the weights that each network asks for with the
                    tensor lists of real checkpoints (*.json)

  --strict          also fail when something in <dir> has no check here
  --help            print this

Exit status: 0 when everything is within its tolerance, 1 when not, 2 for a wrong call.
`;

interface Totals {
  passed: number;
  failed: number;
  unknown: number;
}

async function runGoldens(folder: string): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0, unknown: 0 };
  console.log(row(['golden', 'output', 'max abs', 'max rel', 'tolerance', '']));
  for await (const report of verifyGoldens(folder)) {
    switch (report.kind) {
      case 'measured':
        totals[report.measurement.ok ? 'passed' : 'failed'] += 1;
        console.log(row(measurementCells(report.golden, report.measurement)));
        break;
      case 'failed':
        totals.failed += 1;
        console.log(
          `${report.golden}: FAILED: ${report.error instanceof Error ? report.error.message : report.error}`,
        );
        break;
      case 'unknown':
        totals.unknown += 1;
        console.log(`${report.golden}: no check`);
        break;
      default:
        report satisfies never;
    }
  }
  return totals;
}

function measurementCells(
  golden: string,
  { output, maxAbsolute, maxRelative, tolerance, ok }: Measurement,
): string[] {
  return [
    golden,
    output,
    maxAbsolute.toExponential(2),
    maxRelative.toExponential(2),
    tolerance,
    ok ? 'ok' : 'FAIL',
  ];
}

function row(cells: readonly string[]): string {
  const widths = [31, 44, 10, 10, 28, 4];
  return cells
    .map((cell, i) => cell.padEnd(widths[i] as number))
    .join(' ')
    .trimEnd();
}

const commands: Readonly<Record<string, (folder: string) => Promise<Totals>>> = {
  goldens: runGoldens,
};

async function main(): Promise<number> {
  const options = { strict: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [what = '', folder, ...rest] = positionals;
  if (values.help) {
    console.log(help);
    return 0;
  }
  const command = commands[what];
  if (!command || folder === undefined || rest.length > 0) {
    console.error(help);
    return 2;
  }
  const { passed, failed, unknown } = await command(resolve(folder));
  console.log(`\n${passed} within tolerance, ${failed} failed, ${unknown} without a check`);
  return failed > 0 || passed === 0 || (values.strict && unknown > 0) ? 1 : 0;
}

process.exitCode = await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
