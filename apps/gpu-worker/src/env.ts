// What the worker is told by its environment, parsed once.
import { availableParallelism, homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { HelloFrame, heartbeatMs, leaseMs } from '@darkroom/shared/contracts/frames';
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { PoolKey } from './link/pool-token.ts';
import { OtlpHeaders } from './metrics/otlp-headers.ts';
import { defaultCacheFolder } from './models/hub.ts';

/** Share of the memory that is free at the start which models may take. */
const modelMemoryShare = 0.7;
const bytesPerMiB = 2 ** 20;

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `expected a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.int().min(min).max(max));

/** The variables, with the words that `--help` prints. */
export const WorkerEnv = z.object({
  POOL_URL: z
    .url({ protocol: /^(ws|http)s?$/, error: 'expected an address that begins with ws, wss, http or https' })
    .describe('Address of the pool’s socket; required.'),
  POOL_KEY: z
    .string('expected the worker’s key')
    .transform((text, context) => {
      try {
        return JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown;
      } catch {
        context.addIssue('expected base64url of a JWK');
        return z.NEVER;
      }
    })
    .pipe(PoolKey)
    .describe('Private key (JWK, Ed25519, as base64url) that signs the worker into the pool; required.'),
  POOL: HelloFrame.shape.pool.describe('Name of the pool; absent = default.').default('default'),
  WORKER_ID: HelloFrame.shape.workerId
    .describe('Name of the worker, the same after every restart; absent = the host’s name.')
    .default(() =>
      hostname()
        .replace(/[^\w.-]/g, '-')
        .slice(0, 64),
    ),
  SLOTS: wholeNumber(1, 64).describe('Jobs that run at once; absent = 1.').default(1),
  MODELS: z
    .string()
    .describe('Folder of the models that were pulled; absent = where npm run models -- pull puts them.')
    .default(() => defaultCacheFolder()),
  MEMORY_BUDGET: wholeNumber(64, 1_048_576)
    .describe('Memory for models, in MiB; absent = 70 % of what is free at the start.')
    .default(() => Math.floor((modelMemoryShare * process.availableMemory()) / bytesPerMiB)),
  THREADS: wholeNumber(1, 1_024)
    .describe(
      'Threads that a network computes on; absent = one per core, for a worker that has the machine to itself.',
    )
    .default(() => availableParallelism()),
  PREVIEW_EVERY: wholeNumber(0, 150)
    .describe('Fewest steps between two previews, 0 = no previews; absent = 1, the pool decides.')
    .default(1),
  METRICS_HOST: z
    .string()
    .describe('Address at which /metrics and /healthz answer; absent = 127.0.0.1, this machine alone.')
    .default('127.0.0.1'),
  METRICS_PORT: wholeNumber(0, 65_535)
    .describe('Port at which they answer, 0 = any that is free; absent = 9464.')
    .default(9464),
  STATE_DIR: z
    .string()
    .describe('Folder of results that are not delivered yet; absent = ~/.cache/darkroom/worker.')
    .default(() => join(homedir(), '.cache', 'darkroom', 'worker')),
  DRAIN_GRACE_MS: wholeNumber(0, 3_600_000)
    .describe('Time for running jobs to end after SIGTERM, in milliseconds; absent = 25000.')
    .default(25_000),
  BEAT_EVERY_MS: wholeNumber(10, leaseMs / 2)
    .describe(`Time between heartbeats, in milliseconds; absent = ${heartbeatMs}.`)
    .default(heartbeatMs),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'expected an address that begins with http or https' })
    .optional()
    .describe('Address of a collector that takes metrics as OTLP/HTTP in JSON; absent = none.'),
  OTEL_EXPORTER_OTLP_HEADERS: OtlpHeaders.describe(
    'Headers for it, as name=value pairs between commas; absent = none.',
  ).default({}),
  OTEL_SERVICE_NAME: z
    .string()
    .describe('Name of the service there; absent = darkroom-worker.')
    .default('darkroom-worker'),
  OTEL_METRIC_EXPORT_INTERVAL: wholeNumber(100, 3_600_000)
    .describe('Time between two exports, in milliseconds; absent = 60000.')
    .default(60_000),
});
export type WorkerEnv = z.infer<typeof WorkerEnv>;

/**
 * Reads the variables; an empty one counts as absent.
 * @throws misconfigured, naming every wrong variable and showing no value
 */
export function parseEnv(environment: NodeJS.ProcessEnv): WorkerEnv {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  const parsed = WorkerEnv.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new AppError('misconfigured', { message: issues.join('; ') });
}

/** What `--help` prints. */
export function envHelp(): string {
  const rows = Object.entries(WorkerEnv.shape).map(([name, schema]) => {
    const { description } = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
    return `  ${name.padEnd(29)}${description}\n`;
  });
  return `Usage: node apps/gpu-worker/src/main.ts\n\nRuns jobs of a pool, which it dials. SIGTERM lets running jobs end; a second one stops at once.\n\nEnvironment\n${rows.join('')}`;
}
