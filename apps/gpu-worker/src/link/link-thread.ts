// The thread that owns the socket, the journal and the health page. The main thread runs the networks, and each step blocks
// it; a heartbeat there would stop with every long step, and the pool would take the job away.
import { randomInt } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { errorFields, jsonLog, writeLine } from '../log.ts';
import { type Family, single } from '../metrics/family.ts';
import { healthOf } from '../metrics/health.ts';
import { MetricsServer } from '../metrics/metrics-server.ts';
import { OtlpExporter, type OtlpSettings } from '../metrics/otlp-exporter.ts';
import { prometheusText } from '../metrics/prometheus.ts';
import { EndFrame } from './end-frame.ts';
import { Journal } from './journal.ts';
import { type Introduction, LeaseBook } from './lease-book.ts';
import type { FromLink, ToLink } from './link-messages.ts';
import { PoolLink } from './pool-link.ts';
import { type PoolKey, signPoolToken } from './pool-token.ts';

/** Where the link connects and answers, and who it says it is. */
export interface LinkSettings {
  readonly url: string;
  readonly key: PoolKey;
  readonly introduction: Introduction;
  readonly beatEveryMs: number;
  readonly journalPath: string;
  readonly metricsHost: string;
  /** 0 = any that is free. */
  readonly metricsPort: number;
  /** Where figures are pushed; undefined = nowhere. */
  readonly otlp: OtlpSettings | undefined;
}

if (!parentPort) throw new TypeError('expected to run as a thread');
const main = parentPort;
const settings = workerData as LinkSettings;
const { beatEveryMs, introduction } = settings;
const log = jsonLog(writeLine);
const tell = (message: FromLink): void => main.postMessage(message);

const journal = Journal.open(settings.journalPath, EndFrame, (line) =>
  log('warn', 'let a damaged line of the journal go', { sizeBytes: line.length }),
);
const book = new LeaseBook(introduction, journal);
const link = new PoolLink({
  url: settings.url,
  token: () =>
    signPoolToken({
      key: settings.key,
      pool: introduction.pool,
      workerId: introduction.workerId,
      nowMs: Date.now(),
    }),
  beatEveryMs,
  book,
  log,
  tell,
  random: () => randomInt(2 ** 32) / 2 ** 32,
  killProcess: () => process.kill(process.pid, 'SIGKILL'),
});
tell({ kind: 'kept', count: book.keptCount, endsHeard: 0 });

let jobFamilies: readonly Family[] = [];
const health = () =>
  healthOf(
    {
      isConnected: link.isConnected,
      wasConnected: link.connections > 0,
      isDraining: book.isDraining,
      deadlinesAtMs: book.running.map(({ deadlineAtMs }) => deadlineAtMs),
      slots: introduction.slots,
    },
    Date.now(),
  );

function families(): Family[] {
  const { user, system } = process.cpuUsage();
  const startedAt = performance.timeOrigin / 1000;
  return [
    single('gauge', 'darkroom_worker_connected', 'Whether the pool is connected.', Number(link.isConnected)),
    single('counter', 'darkroom_worker_connections_total', 'Connections to the pool.', link.connections),
    single('counter', 'darkroom_worker_beats_total', 'Heartbeats sent.', link.beats),
    single('gauge', 'darkroom_worker_leases', 'Leases of jobs that run now.', book.running.length),
    single('gauge', 'darkroom_worker_kept_results', 'Results not yet acknowledged.', book.keptCount),
    single('gauge', 'process_resident_memory_bytes', 'Memory of the process.', process.memoryUsage.rss()),
    single('counter', 'process_cpu_seconds_total', 'Processor time of the process.', (user + system) / 1e6),
    single('gauge', 'process_start_time_seconds', 'Start of the process, in seconds since 1970.', startedAt),
    ...jobFamilies,
  ];
}

const server = await MetricsServer.open(settings.metricsHost, settings.metricsPort, {
  health,
  metrics: () => prometheusText(families()),
}).catch((error: unknown) => {
  // A worker without figures still works.
  log('warn', 'health and metrics are not served', errorFields(error));
  return undefined;
});
if (server) tell({ kind: 'listening', port: server.port });
const exporter = settings.otlp && new OtlpExporter(settings.otlp, { fetch, families, now: Date.now, log });

main.on('message', (message: ToLink) => {
  if (message.kind === 'metrics') jobFamilies = message.families;
  else if (message.kind === 'close') void close();
  else link.hear(message);
});

async function close(): Promise<void> {
  await link.close();
  await exporter?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
  journal[Symbol.dispose]();
  main.close();
}
