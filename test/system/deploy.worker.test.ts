// What deploy/ says of the worker, against what the worker is.
import { access, readFile } from 'node:fs/promises';
import type { Database } from '@darkroom/edge/db/database';
import type { JobPools } from '@darkroom/edge/dispatch/job-pools';
import { emptyPool } from '@darkroom/edge/dispatch/pool-rows';
import { healthOf } from '@darkroom/edge/dispatch/pool-view';
import { readyz } from '@darkroom/edge/routes/readyz';
import { parseEnv, WorkerEnv } from '@darkroom/gpu-worker/env';
import { defaultProcessLimits } from '@darkroom/gpu-worker/image/decode-process';
import { JobMetrics } from '@darkroom/gpu-worker/metrics/job-metrics';
import { MetricsServer } from '@darkroom/gpu-worker/metrics/metrics-server';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { poolKey } from '../support/pool-stand-in.ts';

interface Variable {
  readonly name: string;
  readonly value?: string;
}

interface Container {
  readonly env: readonly Variable[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly livenessProbe: { readonly httpGet: { readonly path: string; readonly port: string } };
  readonly resources: Readonly<Record<'requests' | 'limits', { readonly memory: string }>>;
  readonly volumeMounts: readonly { readonly mountPath: string }[];
}

const dockerfile = await readFile('deploy/Dockerfile', 'utf8');
const manifests = parseAllDocuments(await readFile('deploy/worker.yaml', 'utf8')).map((one) => one.toJS());
const manifestOf = (kind: string) => manifests.find((one) => one.kind === kind);
const pod = manifestOf('StatefulSet').spec.template;
const container: Container = pod.spec.containers[0];
const scaler = manifestOf('ScaledObject').spec;

/** What the image and the manifest tell the process, as it reads it; addresses and keys come from elsewhere. */
const imageEnv = Object.fromEntries(
  [...dockerfile.matchAll(/^(?:ENV)?\s+([A-Z_]+)=(\S+)/gm)].map(([, name, value]) => [name, value]),
);
const manifestEnv = Object.fromEntries(
  container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
);
const env = parseEnv({ POOL_URL: 'wss://pool.example', POOL_KEY: poolKey, ...imageEnv, ...manifestEnv });

const mebibytes = (quantity: string) => Number(/^(\d+)Gi$/.exec(quantity)?.[1]) * 1024;
/** Node, the runtime and a photo at full size. */
const processMb = 1024;

describe('the manifest', () => {
  it('sets variables that the worker reads, and all that it must be given', () => {
    const names = [...container.env.map(({ name }) => name), ...Object.keys(imageEnv)];
    const known = new Set([...Object.keys(WorkerEnv.shape), 'NODE_ENV']);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    for (const name of ['POOL_URL', 'POOL_KEY', 'WORKER_ID']) expect(names).toContain(name);
  });

  it('leaves a draining worker its grace and some seconds more', () => {
    expect(pod.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThanOrEqual(env.DRAIN_GRACE_MS + 5_000);
  });

  it('gives memory for models, the process and one decoder for each slot', () => {
    const { requests, limits } = container.resources;
    expect(mebibytes(requests.memory)).toBeGreaterThanOrEqual(env.MEMORY_BUDGET + processMb);
    const most = env.MEMORY_BUDGET + processMb + env.SLOTS * defaultProcessLimits.memoryMb;
    expect(mebibytes(limits.memory)).toBeGreaterThanOrEqual(most);
  });

  it('asks where the worker answers', async () => {
    const [{ name, containerPort } = { name: '', containerPort: 0 }] = container.ports;
    const { annotations } = pod.metadata;
    expect(containerPort).toBe(env.METRICS_PORT);
    expect(env.METRICS_HOST).toBe('0.0.0.0');
    expect(Number(annotations['prometheus.io/port'])).toBe(containerPort);
    expect(manifestOf('Service').spec.ports).toEqual([{ name, port: containerPort }]);
    const source = { health: () => 'ready' as const, metrics: () => '' };
    await using server = await MetricsServer.open('127.0.0.1', 0, source);
    const probes = [container.startupProbe, container.livenessProbe].map(({ httpGet }) => httpGet);
    for (const { port } of probes) expect(port).toBe(name);
    for (const path of [...probes.map((probe) => probe.path), annotations['prometheus.io/path']])
      expect((await fetch(`http://127.0.0.1:${server.port}${path}`)).status).toBe(200);
  });

  it('lets a worker without rights write where it must and nowhere else', () => {
    const written = [env.MODELS, env.STATE_DIR, '/tmp/pixels'];
    const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
    for (const path of written) expect(mounts.some((mount) => path.startsWith(`${mount}/`))).toBe(true);
    expect(pod.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(container).toMatchObject({
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
    });
  });
});

describe('the autoscaler', () => {
  const triggerOf = (type: string) =>
    scaler.triggers.find((trigger: { type: string }) => trigger.type === type).metadata;

  it('scales the workers by figures that they tell', () => {
    expect(scaler.scaleTargetRef).toEqual({
      kind: 'StatefulSet',
      name: manifestOf('StatefulSet').metadata.name,
    });
    const idle = { slots: 1, busySlots: 0, isDraining: false };
    const models = { resident: 0, bytes: 0, budgetBytes: 0, hits: 0, misses: 0, evictions: 0 };
    const gauges = { ...idle, models, decoders: { running: 0, started: 0 } };
    const told = new JobMetrics().families(gauges).map(({ name }) => name);
    const asked = triggerOf('prometheus').query.match(/darkroom_\w+/g);
    expect(asked.length).toBeGreaterThan(0);
    expect(told).toEqual(expect.arrayContaining(asked));
  });

  it('starts a worker by what the edge tells of its queue', async () => {
    const { url, valueLocation } = triggerOf('metrics-api');
    expect(new URL(url).pathname).toBe('/readyz');
    const health = healthOf(emptyPool(), 0);
    const db = { run: async () => undefined } as unknown as Database;
    const pools = { health: async () => health } as unknown as JobPools;
    const answer: unknown = await (await readyz({ db, pools }).request('/')).json();
    const queued = (valueLocation as string)
      .split('.')
      .reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], answer);
    expect(queued).toBe(0);
  });
});

describe('the image', () => {
  it('is built in two stages, and run by nobody special', () => {
    expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(new RegExp(`^EXPOSE ${env.METRICS_PORT}$`, 'm'));
    expect(dockerfile).toMatch(new RegExp(`METRICS_PORT \\|\\| ${env.METRICS_PORT}\\}/healthz`));
  });

  it('copies and runs what there is', async () => {
    const copies = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, from = '']) =>
      from.split(' '),
    );
    const [, main = ''] = /^CMD \["node", "(\S+)"\]$/m.exec(dockerfile) ?? [];
    for (const path of [...copies, main]) await access(path);
    expect(copies.length).toBeGreaterThan(6);
  });

  it('knows every workspace, without which npm installs nothing', async () => {
    const { packages } = JSON.parse(await readFile('package-lock.json', 'utf8'));
    const workspaces = Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules/'));
    const known = [...dockerfile.matchAll(/^COPY (\S+)\/package\.json \S+$/gm)].map(([, path]) => path);
    expect(known.toSorted()).toEqual(workspaces.toSorted());
  });
});
