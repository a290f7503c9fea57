// A platform without a worker, the bare Worker beside it, and what is asked of both.
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalSecrets } from '@darkroom/cli/local-secrets';
import { startPlatform } from '@darkroom/cli/platform';
import { openSecrets, projectRoot } from '@darkroom/cli/state-folder';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { AssetView } from '@darkroom/shared/contracts/asset';
import { JobView } from '@darkroom/shared/contracts/job-view';
import { z } from 'zod';
import { openBareServer } from './bare-server.ts';
import { type Drive, drivePath } from './drive.ts';

const Driven = z.object({ perSecond: z.number() });

export class EdgeBench implements AsyncDisposable {
  readonly url: string;
  readonly key: string;
  readonly workerKey: LocalSecrets['workerKey'];
  readonly #parts: AsyncDisposableStack;
  readonly #bareUrl: string;
  readonly #asset: string;

  private constructor(parts: AsyncDisposableStack, platform: Started) {
    this.#parts = parts;
    this.url = platform.url;
    this.key = platform.key;
    this.workerKey = platform.workerKey;
    this.#bareUrl = platform.bareUrl;
    this.#asset = platform.asset;
  }

  /** Starts both. The platform's one worker only shows its model, as admission wants it, and is stopped. */
  static async open(signal: AbortSignal): Promise<EdgeBench> {
    await using parts = new AsyncDisposableStack();
    const folder = parts.use(await mkdtempDisposable(join(tmpdir(), 'darkroom-bench-')));
    const edgeConfig = await writeConfig(folder.path);
    const options = { stateFolder: folder.path, isTemporary: true, port: 0, workers: 1, edgeConfig, signal };
    const platform = parts.use(await startPlatform(options));
    await Promise.all(platform.workers.map((worker) => worker.stop()));
    const bare = parts.use(await openBareServer(signal));
    const { workerKey } = await openSecrets(folder.path);
    const asset = await upload(platform);
    const { url, key } = platform;
    return new EdgeBench(parts.move(), { url, key, workerKey, bareUrl: bare.url, asset });
  }

  /** Has an edit admitted. @returns the id of its job */
  async admit(): Promise<string> {
    const body = { kind: 'edit', image: this.#asset, prompt: 'make it a snowy night', steps: 1 };
    return JobView.parse(await this.#json(`${this.url}/v1/edits`, body)).id;
  }

  /** Asks how a job is. */
  async status(jobId: string): Promise<void> {
    await this.#json(`${this.url}/v1/jobs/${jobId}`);
  }

  /** Has jobs handed to the pool from within the runtime. @returns how many a second it were in fact */
  async drive(pace: Drive): Promise<number> {
    return Driven.parse(await this.#json(`${this.url}${drivePath}`, pace)).perSecond;
  }

  async bareGet(): Promise<void> {
    await this.#json(`${this.#bareUrl}/healthz`);
  }

  async barePost(): Promise<void> {
    await this.#json(this.#bareUrl, { kind: 'edit', image: this.#asset, prompt: 'make it a snowy night' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.disposeAsync();
  }

  async #json(url: string, body?: object): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.key}`, 'content-type': 'application/json' };
    return await answerOf(url, { headers, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
  }
}

/** The project's configuration, with a Worker that can drive the pool in the place of its own. @returns its path */
async function writeConfig(folder: string): Promise<string> {
  const own = await readFile(join(projectRoot, 'wrangler.toml'), 'utf8');
  const main = fileURLToPath(new URL('pool-drive.ts', import.meta.url));
  const path = join(folder, 'wrangler.toml');
  await writeFile(path, own.replace(/^main = .*$/m, `main = ${JSON.stringify(main)}`));
  return path;
}

interface Started {
  readonly url: string;
  readonly key: string;
  readonly workerKey: LocalSecrets['workerKey'];
  readonly bareUrl: string;
  readonly asset: string;
}

/** @throws when the answer is no success: a measurement of refusals would say nothing */
async function answerOf(url: string, request: RequestInit): Promise<unknown> {
  const answer = await fetch(url, request);
  const text = await answer.text();
  if (answer.ok) return JSON.parse(text);
  throw new Error(
    `${new URL(url).pathname}: expected a success, got ${answer.status}: ${text.slice(0, 300)}`,
  );
}

async function upload({ url, key }: { readonly url: string; readonly key: string }): Promise<string> {
  const grey = { width: 64, height: 48, channels: 3, data: new Uint8Array(64 * 48 * 3).fill(128) } as const;
  const body = new Uint8Array(await encodeImage(grey, { format: 'png' }));
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'image/png' };
  return AssetView.parse(await answerOf(`${url}/v1/assets`, { method: 'POST', body, headers })).id;
}
