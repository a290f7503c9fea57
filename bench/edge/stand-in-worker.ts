// A worker that dials the pool as a real one does and finishes every job at once, without any work.
import { once } from 'node:events';
import type { LocalSecrets } from '@darkroom/cli/local-secrets';
import { embeddedModelId } from '@darkroom/gpu-worker/diffusion/embedded-model';
import { signPoolToken } from '@darkroom/gpu-worker/link/pool-token';
import {
  type DoneFrame,
  type LeaseRef,
  type OfferFrame,
  PoolFrame,
  type WorkerFrame,
} from '@darkroom/shared/contracts/frames';
import { WebSocket } from 'ws';

const slots = 64;
const pool = 'default';
const noDigest = '0'.repeat(64);

/** What a stand-in does with an offer, besides accepting it. */
export type OnOffer = (offer: OfferFrame, receivedAtMs: number) => 'finish' | 'keep';

export class StandInWorker implements Disposable {
  readonly #socket: WebSocket;
  readonly #onOffer: OnOffer;
  #busy = 0;

  private constructor(socket: WebSocket, onOffer: OnOffer) {
    this.#socket = socket;
    this.#onOffer = onOffer;
    socket.on('message', (bytes) => this.#hear(String(bytes)));
  }

  /** Dials the pool of a platform. @param url of the platform, without a path */
  static async dial(
    { url, workerKey: key }: { readonly url: string; readonly workerKey: LocalSecrets['workerKey'] },
    onOffer: OnOffer,
  ): Promise<StandInWorker> {
    const workerId = 'stand-in';
    const token = await signPoolToken({ key, pool, workerId, nowMs: Date.now() });
    const address = `${url.replace(/^http/, 'ws')}/v1/pools/${pool}/socket`;
    const headers = { authorization: `Bearer ${token}` };
    const socket = new WebSocket(address, { headers, perMessageDeflate: false });
    await once(socket, 'open');
    const worker = new StandInWorker(socket, onOffer);
    worker.#say({
      type: 'hello',
      version: 1,
      workerId,
      bootId: crypto.randomUUID(),
      pool,
      device: 'none',
      memoryMb: 0,
      slots,
      models: [{ id: embeddedModelId, sha256: null, kinds: ['edit'] }],
      leases: [],
    });
    worker.#sayReady();
    return worker;
  }

  /** Tells how far a job is. */
  beat({ jobId, fence }: LeaseRef, step: number, steps: number): void {
    this.#say({ type: 'beat', leases: [{ jobId, fence, step, steps, etaMs: null }] });
  }

  /** Reports a job that was kept as finished. */
  finish(offer: OfferFrame): void {
    this.#say(doneOf(offer));
    this.#busy -= 1;
    this.#sayReady();
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  #hear(text: string): void {
    const receivedAtMs = performance.timeOrigin + performance.now();
    const frame = PoolFrame.parse(JSON.parse(text));
    if (frame.type !== 'offer') return;
    const { jobId, fence } = frame;
    this.#busy += 1;
    this.#say({ type: 'accept', jobId, fence });
    if (this.#onOffer(frame, receivedAtMs) === 'finish') this.finish(frame);
  }

  #sayReady(): void {
    this.#say({ type: 'ready', freeSlots: slots - this.#busy, resident: [embeddedModelId] });
  }

  #say(frame: WorkerFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }
}

function doneOf({ jobId, fence, outputs, job }: OfferFrame): DoneFrame {
  const picture = { sha256: noDigest, sizeBytes: 1, width: 1, height: 1 };
  return {
    type: 'done',
    jobId,
    fence,
    outputs: outputs.map(({ key, mime }) => ({ key, mime, ...picture })),
    model: { id: job.model ?? embeddedModelId, sha256: noDigest },
    metrics: { computeMs: 0, loadMs: 0, peakMemoryMb: 0, steps: ('steps' in job && job.steps) || 0 },
  };
}
