// A platform to be broken: its processes, the wires between them, and a client.
import { randomBytes } from 'node:crypto';
import { cp, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '@darkroom/cli/free-port';
import { type Platform, startPlatform } from '@darkroom/cli/platform';
import { logFolder, makeStateFolder, openSecrets, persistFolder } from '@darkroom/cli/state-folder';
import { apiKeyRandomBytes, makeApiKey } from '@darkroom/edge/auth/api-key';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { NewKeyView } from '@darkroom/shared/contracts/api-key';
import { AssetView } from '@darkroom/shared/contracts/asset';
import { JobView } from '@darkroom/shared/contracts/job-view';
import { z } from 'zod';
import { proceduralPhoto } from '../support/procedural-photo.ts';
import { type Books, readBooks } from './books.ts';
import { LeaseWatch } from './lease-watch.ts';
import { LinkProxy } from './link-proxy.ts';
import { PatientClient } from './patient-client.ts';

/** Small enough that what is asked about it is cheap. */
export const photoSize = { width: 64, height: 48 } as const;

const photos = 4;
/** Many wait at once, and to be asked is work for the edge, which shall do the jobs: who waits longer asks less often. */
const [firstPollMs, longestPollMs] = [250, 2_000];
/** A busy edge answers late; one that starts refuses at once. */
const healthMs = 5_000;
const openStates: readonly JobView['status'][] = ['queued', 'starting', 'running'];

/** What a stage is made of. */
export interface StageOptions {
  readonly workers: number;
  /** Where the logs of all processes are left at the end; undefined = nowhere. */
  readonly logs: string | undefined;
  readonly onNotice: (notice: string) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

/** A job to ask for; everything else is the same each time. */
export interface Wish {
  /** Tells jobs apart; the same number is the same request. */
  readonly number: number;
  /** Of an edit, which takes as long as its steps; absent = an outline of what is clicked, which takes little. */
  readonly steps?: number;
  /** Key that pays. */
  readonly key: string;
}

/** The answer to a wish: a job, or the code of a refusal that stays. */
export interface Granted {
  readonly jobId: string | undefined;
  readonly code: string | undefined;
  readonly tries: number;
}

export class ChaosStage implements AsyncDisposable {
  readonly watch: LeaseWatch;
  readonly client: PatientClient;
  readonly #parts: AsyncDisposableStack;
  readonly #platform: Platform;
  readonly #proxy: LinkProxy;
  readonly #assets: readonly string[];

  private constructor(
    parts: AsyncDisposableStack,
    { platform, proxy, watch }: { platform: Platform; proxy: LinkProxy; watch: LeaseWatch },
    { client, assets }: { client: PatientClient; assets: readonly string[] },
  ) {
    this.#parts = parts;
    this.#platform = platform;
    this.#proxy = proxy;
    this.watch = watch;
    this.client = client;
    this.#assets = assets;
  }

  /** Starts a platform in a folder that goes with it. */
  static async open({ workers, logs, onNotice, signal }: StageOptions): Promise<ChaosStage> {
    await using parts = new AsyncDisposableStack();
    const folder = parts.use(await mkdtempDisposable(join(tmpdir(), 'darkroom-chaos-')));
    if (logs !== undefined) parts.defer(() => cp(logFolder(folder.path), logs, { recursive: true }));
    await openLiveSecrets(folder.path);
    const watch = new LeaseWatch();
    const port = await freePort(0);
    const proxy = parts.use(await LinkProxy.open(port, watch));
    const workerEnv = { POOL_URL: `ws://127.0.0.1:${proxy.port}/v1/pools/default/socket` };
    const shared = { stateFolder: folder.path, isTemporary: true, onNotice, signal };
    const platform = parts.use(await startPlatform({ ...shared, port, workers, workerEnv }));
    const client = new PatientClient({ url: platform.url, key: platform.key, signal });
    const assets = await upload(client);
    return new ChaosStage(parts.move(), { platform, proxy, watch }, { client, assets });
  }

  get workers(): readonly string[] {
    return this.#platform.workers.map((_, i) => `worker-${i + 1}`);
  }

  /** Rejects when a process does not stay up by itself. */
  get broken(): Promise<never> {
    return this.#platform.broken;
  }

  /** A key whose use costs, with nearly no limits but its cap. */
  async openKey(name: string, spendCapMicros: number | null): Promise<{ id: string; text: string }> {
    const limits = { requestsPerMinute: 100_000, concurrency: 1_000, spendCapMicros };
    const scopes = ['edits:write', 'vision:write', 'jobs:read'];
    const body = { name, environment: 'live', scopes, limits };
    const made = await this.client.demand({ path: '/v1/keys', method: 'POST', body });
    const { id, key } = NewKeyView.parse(made);
    return { id, text: key };
  }

  /** Asks for a job until the answer is definite. */
  async submit({ number, steps, key }: Wish): Promise<Granted> {
    const image = this.#assets[number % this.#assets.length];
    const headers = { 'idempotency-key': `job-${number}` };
    const { width, height } = photoSize;
    const click = { x: (7 * number) % width, y: (11 * number) % height };
    const request =
      steps === undefined
        ? { path: '/v1/segmentations', body: { image, points: [click] } }
        : { path: '/v1/edits', body: { image, prompt: 'make it a snowy night', steps, seed: number } };
    const answer = await this.client.withKey(key).ask({ ...request, method: 'POST', headers });
    const { code, tries } = answer;
    if (code !== undefined) return { jobId: undefined, code, tries };
    return { jobId: z.object({ id: z.string() }).parse(answer.body).id, code, tries };
  }

  /** Waits until a job has ended; undefined = time was over before. */
  async end(jobId: string, signal: AbortSignal): Promise<JobView | undefined> {
    for (let pollMs = firstPollMs; !signal.aborted; pollMs = Math.min(longestPollMs, 2 * pollMs)) {
      const job = JobView.parse(await this.client.demand({ path: `/v1/jobs/${jobId}` }));
      if (!openStates.includes(job.status)) return job;
      await wait(pollMs, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  /** Whether the edge answers now. */
  async isEdgeUp(): Promise<boolean> {
    return await fetch(`${this.#platform.url}/healthz`, { signal: AbortSignal.timeout(healthMs) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }

  /** kill -9 for the server and its runtime, which start again. */
  killEdge(): void {
    this.#platform.edge.kill();
  }

  /** kill -9 for a worker and what it started, which starts again. @returns false when it was not up */
  killWorker(workerId: string): boolean {
    const worker = this.#processOf(workerId);
    if (worker.pid === undefined) return false;
    worker.kill();
    return true;
  }

  /** Sends a signal to a worker's process. */
  signalWorker(workerId: string, name: 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.#processOf(workerId);
    if (pid !== undefined) process.kill(pid, name);
  }

  /** Cuts a worker's connections. @returns whether it had any */
  cutSocket(workerId: string): boolean {
    return this.#proxy.cut(workerId) > 0;
  }

  /** Lets nothing pass over a worker's connection until it is cut. */
  holdSocket(workerId: string): void {
    this.#proxy.hold(workerId);
  }

  /** Stops the platform and reads what it wrote down. */
  async stop(): Promise<Books> {
    await this.#platform.stop();
    return await readBooks(persistFolder(this.#platform.stateFolder));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  #processOf(workerId: string): Platform['workers'][number] {
    const worker = this.#platform.workers[this.workers.indexOf(workerId)];
    if (!worker) throw new TypeError(`expected one of ${this.workers.join(', ')}, got ${workerId}`);
    return worker;
  }
}

/** Writes the folder's secrets with a key whose use costs: what costs nothing cannot be billed twice. */
async function openLiveSecrets(folder: string): Promise<void> {
  await makeStateFolder(folder);
  const secrets = await openSecrets(folder);
  const apiKey = makeApiKey('live', randomBytes(apiKeyRandomBytes)).text;
  await writeFile(join(folder, 'secrets.json'), JSON.stringify({ ...secrets, apiKey }), { mode: 0o600 });
}

async function upload(client: PatientClient): Promise<string[]> {
  const numbers = Array.from({ length: photos }, (_, i) => i);
  const uploads = numbers.map(async (number) => {
    const { width, height } = photoSize;
    const png = await encodeImage(proceduralPhoto(width, height, 0.01 * (number + 1)), { format: 'png' });
    const body = new Uint8Array(png);
    const headers = { 'idempotency-key': `photo-${number}` };
    return AssetView.parse(await client.demand({ path: '/v1/assets', method: 'POST', body, headers })).id;
  });
  return await Promise.all(uploads);
}
