// Figures in Prometheus' text format, version 0.0.4.

/** Labels of one series. */
export type Labels = Readonly<Record<string, string>>;

/** One figure, as a line. */
export interface Sample {
  readonly name: string;
  readonly labels?: Labels;
  readonly value: number;
}

/** A family of figures under one name. */
export interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The families as text. */
export function prometheusText(families: readonly Family[]): string {
  return families
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map((sample) => `${sample.name}${labelText(sample.labels)} ${sample.value}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}

function labelText(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escapeLabel(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}

/** A family of one figure without labels. */
export function single(type: 'counter' | 'gauge', name: string, help: string, value: number): Family {
  return { name, type, help, samples: [{ name, value }] };
}
