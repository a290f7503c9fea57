// The lines that `npm run verify` prints.
import { type GoldenReport, verifyGoldens } from './goldens.ts';
import { agrees, type ManifestComparison, type ManifestReport, verifyManifests } from './manifests.ts';
import type { Measurement } from './measurement.ts';

/** How many outputs or manifests were within tolerance, were not or could not be measured, or have no check. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly unknown: number;
}

interface Line {
  readonly text: string;
  readonly counts: keyof Totals;
}

/** Prints a line per output of every golden below `folder`. */
export async function reportGoldens(folder: string): Promise<Totals> {
  console.log(row(['golden', 'output', 'max abs', 'max rel', 'tolerance', '']));
  return printLines(verifyGoldens(folder), goldenLine);
}

/** Prints a line per manifest in `folder`. */
export async function reportManifests(folder: string): Promise<Totals> {
  return printLines(verifyManifests(folder), manifestLine);
}

async function printLines<T>(reports: AsyncIterable<T>, lineOf: (report: T) => Line): Promise<Totals> {
  const totals = { passed: 0, failed: 0, unknown: 0 };
  for await (const report of reports) {
    const { text, counts } = lineOf(report);
    console.log(text);
    totals[counts] += 1;
  }
  return totals;
}

function goldenLine(report: GoldenReport): Line {
  switch (report.kind) {
    case 'measured':
      return {
        text: row(cells(report.golden, report.measurement)),
        counts: report.measurement.ok ? 'passed' : 'failed',
      };
    case 'failed':
      return { text: `${report.golden}: FAIL: ${messageOf(report.error)}`, counts: 'failed' };
    case 'unknown':
      return { text: `${report.golden}: no check`, counts: 'unknown' };
    default:
      return report satisfies never;
  }
}

function manifestLine(report: ManifestReport): Line {
  switch (report.kind) {
    case 'compared': {
      const ok = agrees(report.comparison);
      return {
        text: `${report.manifest.padEnd(28)} ${summary(report.comparison)} ${ok ? 'ok' : 'FAIL'}`,
        counts: ok ? 'passed' : 'failed',
      };
    }
    case 'failed':
      return { text: `${report.manifest}: FAIL: ${messageOf(report.error)}`, counts: 'failed' };
    case 'unknown':
      return { text: `${report.manifest}: no check`, counts: 'unknown' };
    default:
      return report satisfies never;
  }
}

function summary({ tensors, elements, ...faults }: ManifestComparison): string {
  const listed = Object.entries(faults).map(([fault, names]) => {
    const shown = names.slice(0, 3).join('; ');
    return `${names.length} ${fault}${shown && ` (${shown}${names.length > 3 ? '; …' : ''})`}`;
  });
  return `${tensors} tensors, ${elements} elements: ${listed.join(', ')}`;
}

function cells(golden: string, { output, maxAbsolute, maxRelative, tolerance, ok }: Measurement): string[] {
  return [
    golden,
    output,
    maxAbsolute.toExponential(2),
    maxRelative.toExponential(2),
    tolerance,
    ok ? 'ok' : 'FAIL',
  ];
}

function row(columns: readonly string[]): string {
  const widths = [31, 44, 10, 10, 28, 4];
  return columns
    .map((column, i) => column.padEnd(widths[i] as number))
    .join(' ')
    .trimEnd();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
