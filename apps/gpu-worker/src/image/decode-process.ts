import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { AppError } from '@darkroom/shared/errors';
import { canceledBy, refuseAborted } from '../refuse-aborted.ts';
import { defaultDecodeLimits } from './decode.ts';
import { type DecodeOrders, pixelsAt, tooMuchMemory } from './decode-orders.ts';
import { type DecodeWord, refusalOf, WordReader } from './decode-words.ts';
import type { Raster } from './raster.ts';

/** What decoding may cost before the process is ended. */
export interface DecodeProcessLimits {
  /** Wall clock for an image of up to 12 megapixels; larger ones get more in proportion. */
  readonly timeoutMs: number;
  /** Resident memory of the whole process, in MiB. */
  readonly memoryMb: number;
  /** Images after which a process gives way to a fresh one. */
  readonly images: number;
}

/** 8 seconds, 512 MiB, 200 images. */
export const defaultProcessLimits: DecodeProcessLimits = { timeoutMs: 8_000, memoryMb: 512, images: 200 };

const maxPixels = Math.max(...Object.values(defaultDecodeLimits.maxPixels));
const pixelsInTime = 12_000_000;
const startTimeoutMs = 30_000;
/** Memory that Node and libvips ask for and hardly use (stacks, room for code); the system's limit counts it. */
const reservedMb = 1_024;
const childPath = fileURLToPath(new URL('./decode-child.ts', import.meta.url));

/** One process that decodes one image at a time. */
export class DecodeProcess {
  readonly #limits: DecodeProcessLimits;
  /** Where the process puts pixels; there only while it does. */
  readonly #path = join(tmpdir(), `pixels-${randomUUID()}.v`);
  readonly #child: ChildProcess;
  readonly #pipe: Writable;
  readonly #words: WordReader;
  readonly #closed: Promise<Ending>;
  #decoded = 0;
  #isEnded = false;

  private constructor(limits: DecodeProcessLimits) {
    this.#limits = limits;
    this.#child = spawnChild({ memoryMb: limits.memoryMb, path: this.#path, limits: defaultDecodeLimits });
    this.#pipe = this.#child.stdin as Writable;
    // A process that ended says so by closing the other pipe.
    this.#pipe.on('error', () => undefined);
    this.#words = new WordReader((this.#child.stdio[3] as Readable).setEncoding('utf8'));
    this.#closed = lastWords(this.#child);
    void this.#closed.then(() => {
      this.#isEnded = true;
    });
  }

  /** Starts a process. @throws internal when it cannot be started, which is no image's fault */
  static async start(limits: DecodeProcessLimits = defaultProcessLimits): Promise<DecodeProcess> {
    const process = new DecodeProcess(limits);
    const timer = setTimeout(() => void process.end(), startTimeoutMs);
    try {
      await process.#words.next();
      return process;
    } catch (cause) {
      await process.end();
      throw new AppError('internal', { cause: new Error((await process.#closed).text, { cause }) });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Whether it can take another image. */
  get isUsable(): boolean {
    return !this.#isEnded && this.#decoded < this.#limits.images;
  }

  /**
   * Decodes as `decodeImage` does.
   * @throws what that throws; image_too_large when it needs too much memory; poison when it takes too long or breaks the
   * process; canceled when the signal is aborted
   */
  async decode(bytes: Uint8Array, signal?: AbortSignal): Promise<Raster> {
    refuseAborted(signal);
    this.#decoded += 1;
    const stop = new AbortController();
    const end = () => void this.end();
    const stops = signal ? AbortSignal.any([stop.signal, signal]) : stop.signal;
    stops.addEventListener('abort', end);
    try {
      return await this.#exchange(bytes, stop);
    } catch (thrown) {
      if (thrown instanceof AppError) throw thrown;
      await this.end();
      if (signal?.aborted) throw canceledBy(signal);
      if (stop.signal.aborted) throw stop.signal.reason;
      throw await this.#death(thrown);
    } finally {
      stops.removeEventListener('abort', end);
    }
  }

  /** Ends the process at once. */
  async end(): Promise<void> {
    this.#isEnded = true;
    this.#child.kill('SIGKILL');
    await this.#closed;
    await rm(this.#path, { force: true });
  }

  /** @param stop aborted when the time is up */
  async #exchange(bytes: Uint8Array, stop: AbortController): Promise<Raster> {
    let timer = stopAfter(this.#limits.timeoutMs, stop);
    try {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(bytes.length);
      this.#pipe.write(head);
      this.#pipe.write(bytes);
      let word = await this.#words.next();
      if (word.kind === 'size') {
        clearTimeout(timer);
        timer = stopAfter(this.#limits.timeoutMs * Math.max(1, pixelsOf(word) / pixelsInTime), stop);
        word = await this.#words.next();
      }
      return await this.#picture(word);
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws the refusal that came instead; whatever is wrong with any other word */
  async #picture(word: DecodeWord): Promise<Raster> {
    if (word.kind === 'refused') throw refusalOf(word);
    if (word.kind !== 'picture') throw new TypeError(`word: expected a picture, got ${word.kind}`);
    if (pixelsOf(word) > maxPixels) throw new RangeError('word: expected fewer pixels');
    const { width, height, channels } = word;
    return { width, height, channels, data: await takePixels(this.#path, width * height * channels) };
  }

  async #death(cause: unknown): Promise<AppError> {
    const { signal, text } = await this.#closed;
    const ending = { cause: new Error(text, { cause }) };
    // So it ends itself, or the system ends it, when memory runs out.
    if (signal === 'SIGKILL') {
      return new AppError('image_too_large', { message: tooMuchMemory(this.#limits.memoryMb), ...ending });
    }
    return new AppError('poison', { message: 'image: its decoder broke down', ...ending });
  }
}

/** Whether a process ended by itself, rather than by a limit that we watch. */
export function isSuddenDeath(error: unknown): boolean {
  const isDeath = error instanceof AppError && ['poison', 'image_too_large'].includes(error.code);
  return isDeath && error.cause !== undefined;
}

function stopAfter(timeoutMs: number, stop: AbortController): NodeJS.Timeout {
  const message = `image: expected to be decoded within ${Math.round(timeoutMs / 100) / 10} s`;
  return setTimeout(() => stop.abort(new AppError('poison', { message })), timeoutMs);
}

function pixelsOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return width * height;
}

/** Reads the pixels and takes the file away. */
async function takePixels(path: string, sizeBytes: number): Promise<Uint8Array> {
  await using file = await open(path);
  await rm(path);
  const data = new Uint8Array(sizeBytes);
  for (let at = 0; at < data.length; ) {
    const { bytesRead } = await file.read(data, at, data.length - at, pixelsAt + at);
    if (bytesRead === 0) throw new RangeError(`pixels: expected ${data.length} bytes, got ${at}`);
    at += bytesRead;
  }
  return data;
}

function spawnChild(orders: DecodeOrders): ChildProcess {
  const command = [process.execPath, '--expose-gc', childPath, JSON.stringify(orders)] as const;
  const options: SpawnOptions = {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
    // None of the worker's secrets; few arenas, so that freed memory goes back to the system.
    env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '1' },
    // Out of the terminal's group: Ctrl-C drains the worker, whose jobs still decode.
    detached: true,
  };
  if (process.platform !== 'linux') return spawn(command[0], command.slice(1), options);
  // The process watches its own memory; the system's limit catches what grows faster than it looks.
  const script = 'ulimit -c 0; ulimit -d "$1"; shift; exec "$@"';
  const dataKb = (reservedMb + orders.memoryMb) * 1024;
  return spawn('/bin/sh', ['-c', script, 'sh', String(dataKb), ...command], options);
}

/** How a process ended. */
interface Ending {
  readonly signal: string | null;
  /** For the log, with the end of what it wrote. */
  readonly text: string;
}

async function lastWords(child: ChildProcess): Promise<Ending> {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000);
  });
  try {
    const [code, signal] = await once(child, 'close');
    return { signal, text: `decode process ended with ${signal ?? code}: ${text}` };
  } catch (cause) {
    return { signal: null, text: `decode process could not be started: ${cause}` };
  }
}
