import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseEnv } from '../env.ts';
import { single } from './family.ts';
import { OtlpExporter, otlpSettings } from './otlp-exporter.ts';

interface Export {
  readonly path: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** A collector: remembers what it got, and answers as a test wants it to. */
let server: Server;
let exports: Export[];
let answer: (response: ServerResponse) => void;
let wake: () => void;

beforeEach(async () => {
  exports = [];
  answer = (response) => response.end('{}');
  wake = () => undefined;
  server = createServer(async (request, response) => {
    exports.push({ path: request.url, headers: request.headers, body: JSON.parse(await text(request)) });
    answer(response);
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });

function open(changes: Readonly<Record<string, string>> = {}) {
  const { port } = server.address() as AddressInfo;
  const env = parseEnv({
    POOL_URL: 'wss://pool.example/link',
    POOL_KEY: Buffer.from(JSON.stringify(key)).toString('base64url'),
    WORKER_ID: 'gpu-1',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/`,
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    ...changes,
  });
  const settings = otlpSettings(env);
  if (!settings) throw new TypeError('expected settings');
  const logged: string[] = [];
  const exporter = new OtlpExporter(settings, {
    fetch,
    families: () => [single('gauge', 'slots', 'Slots.', 2)],
    now: () => 1_700_000_000_000,
    log: (level, message) => {
      logged.push(`${level}: ${message}`);
      wake();
    },
  });
  return { exporter, logged };
}

it('sends all figures every so often, with the headers and names of the environment', async () => {
  const { exporter, logged } = open({
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20c2VjcmV0,x-tenant=a',
    OTEL_SERVICE_NAME: 'studio',
  });
  await until(() => exports.length === 2);
  await exporter[Symbol.asyncDispose]();
  expect(exports[0]).toMatchObject({
    path: '/v1/metrics',
    headers: { authorization: 'Basic c2VjcmV0', 'x-tenant': 'a', 'content-type': 'application/json' },
    body: {
      resourceMetrics: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'studio' } },
              { key: 'service.instance.id', value: { stringValue: 'gpu-1' } },
              { key: 'darkroom.pool', value: { stringValue: 'default' } },
            ],
          },
          scopeMetrics: [{ metrics: [{ name: 'slots', gauge: { dataPoints: [{ asDouble: 2 }] } }] }],
        },
      ],
    },
  });
  expect(logged).toEqual([]);
});

it('sends once more when the worker stops, and then no more', async () => {
  const { exporter } = open({ OTEL_METRIC_EXPORT_INTERVAL: '3600000' });
  await exporter[Symbol.asyncDispose]();
  expect(exports).toHaveLength(1);
});

it('tells once that exports fail and once that they are well again, and goes on', async () => {
  answer = (response) => response.writeHead(503).end();
  const { exporter, logged } = open();
  await until(() => exports.length === 3);
  answer = (response) => response.end('{}');
  await until(() => logged.length === 2);
  await exporter[Symbol.asyncDispose]();
  expect(logged).toEqual([
    'warn: figures do not reach their collector',
    'info: figures reach their collector again',
  ]);
});

it('takes nowhere else what it is told to take to the collector', async () => {
  answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
  const { exporter, logged } = open();
  await until(() => logged.length === 1);
  await exporter[Symbol.asyncDispose]();
  expect(new Set(exports.map(({ path }) => path))).toEqual(new Set(['/v1/metrics']));
});

it('does not ask a collector twice at a time, and keeps a stopping worker for a second at most', async () => {
  answer = () => undefined;
  const { exporter } = open();
  await until(() => exports.length === 1);
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect(exports).toHaveLength(1);
  const startedAt = performance.now();
  await exporter[Symbol.asyncDispose]();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(exports).toHaveLength(2);
});

it('is off unless an endpoint is named', () => {
  const env = parseEnv({
    POOL_URL: 'wss://pool.example/link',
    POOL_KEY: Buffer.from(JSON.stringify(key)).toString('base64url'),
  });
  expect(otlpSettings(env)).toBeUndefined();
});
