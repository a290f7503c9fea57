/** A stage for a worker: a pool, an object store, an installed model, and the worker as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { cachedFolder, writeReceipt } from '@darkroom/gpu-worker/models/hub';
import { OfferFrame } from '@darkroom/shared/contracts/frames';
import { makeId } from '@darkroom/shared/ids';
import { ObjectStore } from './object-store.ts';
import { PoolStandIn, poolKey } from './pool-stand-in.ts';
import { proceduralPhoto } from './procedural-photo.ts';
import { writeTinyModel } from './tiny-model.ts';

const mainPath = fileURLToPath(new URL('../../apps/gpu-worker/src/main.ts', import.meta.url));
const modelId = 'tiny/edit';

/** What a test decides about an offer; the rest is an edit of the stored photo by the tiny model. */
export interface OfferWish {
  readonly job?: Readonly<Record<string, unknown>>;
  readonly frame?: Readonly<Record<string, unknown>>;
}

export class WorkerStage implements AsyncDisposable {
  readonly store: ObjectStore;
  readonly folder: string;
  readonly photo: Uint8Array;
  pool: PoolStandIn;
  #jobs = 0;

  private constructor(
    folder: string,
    photo: Uint8Array,
    { store, pool }: { store: ObjectStore; pool: PoolStandIn },
  ) {
    this.folder = folder;
    this.photo = photo;
    this.store = store;
    this.pool = pool;
  }

  static async open(): Promise<WorkerStage> {
    const folder = await mkdtemp(join(tmpdir(), 'worker-'));
    const modelFolder = cachedFolder(modelId, join(folder, 'models'));
    await mkdir(modelFolder, { recursive: true });
    await writeTinyModel(modelFolder);
    const pulled = { id: modelId, revision: 'main', variant: null, files: [], pulledAtMs: 0 };
    await writeReceipt(modelFolder, { version: 1, ...pulled });
    const store = await ObjectStore.open();
    const photo = await encodeImage(proceduralPhoto(90, 60), { format: 'png' });
    store.objects.set('in/photo', photo);
    return new WorkerStage(folder, photo, { store, pool: await PoolStandIn.open() });
  }

  /** An offer of a new job. */
  offer({ job, frame }: OfferWish = {}): OfferFrame {
    this.#jobs += 1;
    const id = makeId('job', 1_700_000_000_000 + this.#jobs, new Uint8Array(10));
    const key = `out/${id}/1/0.png`;
    const sha256 = createHash('sha256').update(this.photo).digest('hex');
    return OfferFrame.parse({
      type: 'offer',
      version: 1,
      jobId: id,
      fence: 1,
      attempt: 1,
      job: {
        version: 1,
        kind: 'edit',
        id,
        createdAtMs: 1_700_000_000_000,
        prompt: { original: 'make it dusk', enhanced: null },
        seed: 5,
        model: modelId,
        image: { key: 'in/photo', sha256, sizeBytes: this.photo.length, mime: 'image/png' },
        ...job,
      },
      requestId: `request-${this.#jobs}`,
      deadlineInMs: 300_000,
      smaller: false,
      previewEvery: 0,
      inputs: { 'in/photo': this.store.url('in/photo') },
      outputs: [{ key, url: this.store.url(key), mime: 'image/png' }],
      resume: null,
      ...frame,
    });
  }

  /** The environment of a worker of this stage. */
  env(changes: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      POOL_URL: `ws://127.0.0.1:${this.pool.port}/link`,
      POOL_KEY: poolKey,
      WORKER_ID: 'worker-1',
      MODELS: join(this.folder, 'models'),
      STATE_DIR: join(this.folder, 'state'),
      MEMORY_BUDGET: '512',
      METRICS_PORT: '0',
      BEAT_EVERY_MS: '100',
      ...changes,
    };
  }

  spawn(changes: Readonly<Record<string, string>> = {}): WorkerProcess {
    return new WorkerProcess(this.env(changes));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool[Symbol.asyncDispose]();
    await this.store[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

/** A worker that was started as an operator starts it. */
export class WorkerProcess implements AsyncDisposable {
  /** Everything that it wrote. */
  output = '';
  readonly #child: ChildProcess;
  readonly #exit: Promise<[number | null, NodeJS.Signals | null]>;

  constructor(env: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [mainPath], { env: { ...process.env, ...env } });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk) => (this.output += chunk));
    }
    this.#exit = once(this.#child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  /** Lines of its log so far. */
  get log(): Record<string, unknown>[] {
    return this.output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** Sends a signal. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Its exit status, or the signal that ended it. */
  async exit(): Promise<number | string | null> {
    const [code, signal] = await this.#exit;
    return code ?? signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGKILL');
    await this.#exit;
  }
}
