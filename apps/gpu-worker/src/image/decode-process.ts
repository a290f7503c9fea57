import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { AppError } from '@darkroom/shared/errors';
import { canceledBy, refuseAborted } from '../refuse-aborted.ts';
import { defaultDecodeLimits } from './decode.ts';
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

/** 8 seconds; memory for the largest photos that decode takes, turned upright; 200 images. */
export const defaultProcessLimits: DecodeProcessLimits = { timeoutMs: 8_000, memoryMb: 1280, images: 200 };

const pixelsInTime = 12_000_000;
const startTimeoutMs = 30_000;
/** Memory that Node and libvips ask for and hardly use (stacks, room for code); the system's limit counts it. */
const reservedMb = 1_024;
const childPath = fileURLToPath(new URL('./decode-child.ts', import.meta.url));

/** One process that decodes one image at a time. */
export class DecodeProcess {
  readonly #limits: DecodeProcessLimits;
  readonly #pixels: FileHandle;
  readonly #child: ChildProcess;
  readonly #pipe: Writable;
  readonly #words: WordReader;
  readonly #closed: Promise<string>;
  #decoded = 0;
  #isEnded = false;

  private constructor(limits: DecodeProcessLimits, pixels: FileHandle) {
    this.#limits = limits;
    this.#pixels = pixels;
    this.#child = spawnChild(limits.memoryMb, pixels);
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
    const process = new DecodeProcess(limits, await openNameless());
    const timer = setTimeout(() => void process.end(), startTimeoutMs);
    try {
      await process.#words.next();
      return process;
    } catch (cause) {
      await process.end();
      throw new AppError('internal', { cause: new Error(await process.#closed, { cause }) });
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
   * @throws what that throws; poison when the process dies or passes its limits; canceled when the signal is aborted
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
      if (thrown instanceof AppError && thrown.code !== 'poison') throw thrown;
      await this.end();
      if (signal?.aborted) throw canceledBy(signal);
      if (thrown instanceof AppError) throw thrown;
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
    await this.#pixels.close();
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
    if (pixelsOf(word) > defaultDecodeLimits.maxPixels) throw new RangeError('word: expected fewer pixels');
    const { width, height, channels } = word;
    const data = new Uint8Array(width * height * channels);
    for (let at = 0; at < data.length; ) {
      const { bytesRead } = await this.#pixels.read(data, at, data.length - at, at);
      if (bytesRead === 0) throw new RangeError(`pixels: expected ${data.length} bytes, got ${at}`);
      at += bytesRead;
    }
    await this.#pixels.truncate();
    return { width, height, channels, data };
  }

  async #death(cause: unknown): Promise<AppError> {
    const message = 'image: its decoder broke down or needed too much memory';
    return new AppError('poison', { message, cause: new Error(await this.#closed, { cause }) });
  }
}

/** Whether a process ended by itself, rather than by a limit that we watch. */
export function isSuddenDeath(error: unknown): boolean {
  return error instanceof AppError && error.code === 'poison' && error.cause !== undefined;
}

function stopAfter(timeoutMs: number, stop: AbortController): NodeJS.Timeout {
  const message = `image: expected to be decoded within ${Math.round(timeoutMs / 100) / 10} s`;
  return setTimeout(() => stop.abort(new AppError('poison', { message })), timeoutMs);
}

function pixelsOf({ width, height }: { readonly width: number; readonly height: number }): number {
  return width * height;
}

/** A file without a name, which is gone when nobody has it open any more. */
async function openNameless(): Promise<FileHandle> {
  const path = join(tmpdir(), `pixels-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

function spawnChild(memoryMb: number, pixels: FileHandle): ChildProcess {
  const command = [process.execPath, '--expose-gc', childPath, String(memoryMb)] as const;
  const options: SpawnOptions = {
    stdio: ['pipe', 'ignore', 'pipe', 'pipe', pixels.fd],
    // None of the worker's secrets; few arenas, so that freed memory goes back to the system.
    env: { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '1' },
    // Out of the terminal's group: Ctrl-C drains the worker, whose jobs still decode.
    detached: true,
  };
  if (process.platform !== 'linux') return spawn(command[0], command.slice(1), options);
  // The process watches its own memory; the system's limit catches what grows faster than it looks.
  const script = 'ulimit -c 0; ulimit -d "$1"; shift; exec "$@"';
  const dataKb = (reservedMb + memoryMb) * 1024;
  return spawn('/bin/sh', ['-c', script, 'sh', String(dataKb), ...command], options);
}

/** How a process ended, and the end of what it wrote. */
async function lastWords(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-2000);
  });
  try {
    const [code, signal] = await once(child, 'close');
    return `decode process ended with ${signal ?? code}: ${text}`;
  } catch (cause) {
    return `decode process could not be started: ${cause}`;
  }
}
