// Pushes figures to an OpenTelemetry collector, where one is named. The worker never waits for it.
import type { WorkerEnv } from '../env.ts';
import { errorFields, type Log } from '../log.ts';
import type { Family, Labels } from './family.ts';
import { otlpMetrics } from './otlp.ts';

/** Where figures go, and how often. */
export interface OtlpSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly everyMs: number;
  readonly resource: Labels;
}

/** What an exporter needs from outside. */
export interface OtlpPorts {
  readonly fetch: typeof fetch;
  readonly families: () => readonly Family[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

const exportMs = 10_000;
/** The last export is worth this much of the time in which the worker stops. */
const farewellMs = 1_000;

/** What the environment says of exports; undefined = figures stay here. */
export function otlpSettings(env: WorkerEnv): OtlpSettings | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = env;
  if (endpoint === undefined) return undefined;
  return {
    url: `${endpoint.replace(/\/+$/, '')}/v1/metrics`,
    headers,
    everyMs: env.OTEL_METRIC_EXPORT_INTERVAL,
    resource: {
      'service.name': env.OTEL_SERVICE_NAME,
      'service.instance.id': env.WORKER_ID,
      'darkroom.pool': env.POOL,
    },
  };
}

/** Sends all figures every so often, and once more when it is disposed. What fails is dropped, never kept. */
export class OtlpExporter implements AsyncDisposable {
  readonly #settings: OtlpSettings;
  readonly #ports: OtlpPorts;
  readonly #startMs: number;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = new AbortController();
  #sending: Promise<void> | undefined;
  #isFailing = false;

  constructor(settings: OtlpSettings, ports: OtlpPorts) {
    this.#settings = settings;
    this.#ports = ports;
    this.#startMs = ports.now();
    this.#timer = setInterval(() => this.#tick(), settings.everyMs).unref();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#sending;
    await this.#send(AbortSignal.timeout(farewellMs));
  }

  /** A collector that is slower than the interval gets fewer exports, not several at once. */
  #tick(): void {
    this.#sending ??= this.#send(AbortSignal.any([this.#stop.signal, AbortSignal.timeout(exportMs)])).finally(
      () => {
        this.#sending = undefined;
      },
    );
  }

  /** Never throws. */
  async #send(signal: AbortSignal): Promise<void> {
    const { url, headers, resource } = this.#settings;
    const { fetch, families, now } = this.#ports;
    try {
      const moment = { resource, startMs: this.#startMs, nowMs: now() };
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(otlpMetrics(families(), moment)),
        // The headers are for this collector alone.
        redirect: 'manual',
        signal,
      });
      await response.body?.cancel();
      this.#note(response.ok ? undefined : { status: response.status });
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#note(errorFields(error));
    }
  }

  /** One line when exports begin to fail and one when they are well again, however many there are. */
  #note(failure: Readonly<Record<string, unknown>> | undefined): void {
    const isFailing = failure !== undefined;
    if (isFailing === this.#isFailing) return;
    this.#isFailing = isFailing;
    if (failure) this.#ports.log('warn', 'figures do not reach their collector', failure);
    else this.#ports.log('info', 'figures reach their collector again');
  }
}
