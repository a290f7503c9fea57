// Figures in Prometheus' text format, version 0.0.4.
import type { Family, HistogramFamily, Labels } from './family.ts';

/** The families as text. */
export function prometheusText(families: readonly Family[]): string {
  return families
    .flatMap((family) => [
      `# HELP ${family.name} ${family.help}`,
      `# TYPE ${family.name} ${family.type}`,
      ...linesOf(family),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(family: Family): string[] {
  if (family.type === 'histogram') return family.series.flatMap((one) => histogramLines(family, one));
  return family.series.map(({ labels, value }) => line(family.name, labels, value));
}

/** Each bucket counts what lies below it too, as the format wants it. */
function histogramLines(
  { name, bounds }: HistogramFamily,
  { labels, counts, sum }: HistogramFamily['series'][number],
): string[] {
  let atMost = 0;
  const buckets = counts.map((count, i) => {
    atMost += count;
    return line(`${name}_bucket`, { ...labels, le: i < bounds.length ? String(bounds[i]) : '+Inf' }, atMost);
  });
  return [...buckets, line(`${name}_sum`, labels, sum), line(`${name}_count`, labels, atMost)];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
