import { assertFileSize, defaultDecodeLimits } from './decode.ts';
import {
  DecodeProcess,
  type DecodeProcessLimits,
  defaultProcessLimits,
  isSuddenDeath,
} from './decode-process.ts';
import type { Raster } from './raster.ts';

/**
 * Decodes images in processes of their own, which are kept for the next image. There are as many as images were ever
 * decoded at the same time.
 */
export class ImageDecoder implements AsyncDisposable {
  readonly #limits: DecodeProcessLimits;
  readonly #idle = new Set<DecodeProcess>();
  readonly #all = new Set<DecodeProcess>();
  #started = 0;

  constructor(limits: DecodeProcessLimits = defaultProcessLimits) {
    this.#limits = limits;
  }

  /** Processes that run now, and how many were ever started. */
  get counts(): { readonly running: number; readonly started: number } {
    return { running: this.#all.size, started: this.#started };
  }

  /**
   * Decodes as `decodeImage` does.
   * @throws what that throws; image_too_large when the image needs too much memory; poison when it takes too long or
   * breaks its decoder; canceled
   */
  async decode(bytes: Uint8Array, signal?: AbortSignal): Promise<Raster> {
    assertFileSize('image', bytes.length, defaultDecodeLimits);
    const idle = this.#takeIdle();
    if (idle === undefined) return await this.#decodeIn(await this.#start(), bytes, signal);
    try {
      return await this.#decodeIn(idle, bytes, signal);
    } catch (thrown) {
      // It may have died while it waited, which is not the image's fault; a fresh one tells.
      if (!isSuddenDeath(thrown)) throw thrown;
      return await this.#decodeIn(await this.#start(), bytes, signal);
    }
  }

  async #decodeIn(process: DecodeProcess, bytes: Uint8Array, signal?: AbortSignal): Promise<Raster> {
    try {
      return await process.decode(bytes, signal);
    } finally {
      if (process.isUsable) this.#idle.add(process);
      else await this.#drop(process);
    }
  }

  /** Ends all processes; images that are being decoded are lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#all].map((process) => this.#drop(process)));
  }

  async #start(): Promise<DecodeProcess> {
    const process = await DecodeProcess.start(this.#limits);
    this.#all.add(process);
    this.#started += 1;
    return process;
  }

  #takeIdle(): DecodeProcess | undefined {
    for (const process of this.#idle) {
      this.#idle.delete(process);
      if (process.isUsable) return process;
      this.#all.delete(process);
    }
    return undefined;
  }

  async #drop(process: DecodeProcess): Promise<void> {
    this.#idle.delete(process);
    this.#all.delete(process);
    await process.end();
  }
}
