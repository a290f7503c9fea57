// Figures as OTLP/HTTP wants them in JSON: enums as numbers, 64-bit integers as strings.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import type { Family, HistogramFamily, Labels, ScalarFamily } from './family.ts';

/** What the figures are of, and when they were gathered. */
export interface OtlpMoment {
  /** Attributes of the process, such as `service.name`. */
  readonly resource: Labels;
  /** When counting began, in milliseconds since 1970. */
  readonly startMs: number;
  /** Now, in milliseconds since 1970. */
  readonly nowMs: number;
}

/** AGGREGATION_TEMPORALITY_CUMULATIVE: each export tells the whole since the start, so that a lost one costs nothing. */
const cumulative = 2;

interface Times {
  readonly startTimeUnixNano: string;
  readonly timeUnixNano: string;
}

/** The body of an export; families without figures are left out. */
export function otlpMetrics(families: readonly Family[], { resource, startMs, nowMs }: OtlpMoment): object {
  const times = { startTimeUnixNano: unixNano(startMs), timeUnixNano: unixNano(nowMs) };
  const metrics = families
    .filter(({ series }) => series.length > 0)
    .map((family) => ({
      name: family.name,
      description: family.help,
      unit: unitOf(family.name),
      ...(family.type === 'histogram' ? histogram(family, times) : scalar(family, times)),
    }));
  return {
    resourceMetrics: [
      {
        resource: { attributes: attributes(resource) },
        scopeMetrics: [{ scope: { name: 'darkroom' }, metrics }],
      },
    ],
  };
}

function scalar({ type, series }: ScalarFamily, times: Times): object {
  const dataPoints = series.map(({ labels, value }) => ({
    attributes: attributes(labels),
    ...times,
    asDouble: value,
  }));
  if (type === 'gauge') return { gauge: { dataPoints } };
  return { sum: { aggregationTemporality: cumulative, isMonotonic: true, dataPoints } };
}

function histogram({ bounds, series }: HistogramFamily, times: Times): object {
  const dataPoints = series.map(({ labels, counts, sum }) => ({
    attributes: attributes(labels),
    ...times,
    count: String(counts.reduce((all, count) => all + count, 0)),
    sum,
    bucketCounts: counts.map(String),
    explicitBounds: bounds,
  }));
  return { histogram: { aggregationTemporality: cumulative, dataPoints } };
}

function attributes(labels: Labels): object[] {
  return Object.entries(labels).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** Milliseconds have no place for nanoseconds among a double's digits, a big integer does. */
function unixNano(ms: number): string {
  return String(BigInt(Math.round(ms)) * 1_000_000n);
}

/** The unit, in UCUM, that Prometheus has in the name. */
function unitOf(name: string): string {
  const [, unit] = /_(seconds|bytes)(?:_total)?$/.exec(name) ?? [];
  if (unit === undefined) return '1';
  return unit === 'seconds' ? 's' : 'By';
}
