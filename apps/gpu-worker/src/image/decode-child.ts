// A process that decodes one image after another, so that a hostile file harms nothing but it. Started by DecodeProcess:
// images come over standard input, each after its length; words go out over descriptor 3, pixels into a file.
import { readSync, rmSync, writeSync } from 'node:fs';
import { AppError } from '@darkroom/shared/errors';
import sharp from 'sharp';
import { decodeToFile } from './decode-file.ts';
import { type DecodeOrders, tooMuchMemory } from './decode-orders.ts';
import { inspectImage } from './decode-pipeline.ts';
// Only the type: with the contracts' library a process takes half as long again to start.
import type { DecodeWord } from './decode-words.ts';

const loaders = ['Jpeg', 'Png', 'Webp', 'Heif'].map((name) => `VipsForeignLoad${name}Buffer`);
const watchEveryMs = 5;
/** What a decode may grow by between two looks. */
const growthBytes = 32 * 2 ** 20;
const largeBytes = 2 ** 20;
const wordPipe = 3;

const { memoryMb, path, limits } = JSON.parse(process.argv[2] as string) as DecodeOrders;
const memoryBytes = memoryMb * 2 ** 20;
const parent = process.ppid;

// Nobody else reads the pixels.
process.umask(0o077);
sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: loaders });
// Ends a decode that outgrew its limit or outlived its worker; the worker hears the pipe close.
setInterval(() => {
  if (process.memoryUsage.rss() > memoryBytes - growthBytes) end('needs too much memory');
  if (process.ppid !== parent) end('outlived its worker');
}, watchEveryMs);

say({ kind: 'ready' });
for (let bytes = readImage(); bytes !== undefined; bytes = readImage()) {
  await decode(bytes);
  // Left to itself the collector would let several large files pile up.
  if (bytes.length > largeBytes) globalThis.gc?.();
}
end('no more images');

async function decode(bytes: Uint8Array): Promise<void> {
  try {
    const { width, height } = await inspectImage(bytes, limits);
    say({ kind: 'size', width, height });
    say({ kind: 'picture', ...(await decodeToFile(bytes, path, limits)) });
  } catch (thrown) {
    say(refusal(thrown));
  }
}

/** @throws what is no fault of the image, which ends the process */
function refusal(thrown: unknown): DecodeWord {
  if (!(thrown instanceof AppError)) throw thrown;
  if (isOutOfMemory(thrown.cause)) {
    return { kind: 'refused', code: 'image_too_large', message: tooMuchMemory(memoryMb) };
  }
  if (isDiskFull(thrown.cause)) {
    return { kind: 'refused', code: 'internal', message: 'pixels: expected room on the disk, found none' };
  }
  const { code, message, details } = thrown;
  return { kind: 'refused', code, message, details } as DecodeWord;
}

/** Ends the process at once and as the system ends those that outgrow it: a proper exit would wait for the decode. */
function end(why: string): never {
  rmSync(path, { force: true });
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  writeSync(process.stderr.fd, `${why}; its peak was ${peakMb} MiB`);
  process.kill(process.pid, 'SIGKILL');
  throw new Error('killed');
}

/** Words of libvips and of the libraries below it when the system gives no more memory. */
function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && /out of memory|insufficient memory|cannot allocate/i.test(cause.message);
}

function isDiskFull(cause: unknown): boolean {
  return cause instanceof Error && /no space left|quota exceeded/i.test(cause.message);
}

/** The next image, or nothing when the worker closed the pipe. */
function readImage(): Uint8Array | undefined {
  const head = Buffer.alloc(4);
  return fill(head) ? readWhole(head.readUInt32LE(0)) : undefined;
}

function readWhole(length: number): Uint8Array | undefined {
  const bytes = Buffer.allocUnsafeSlow(length);
  return fill(bytes) ? bytes : undefined;
}

/** Reads until the buffer is full; false when the pipe ends before. */
function fill(bytes: Uint8Array): boolean {
  for (let filled = 0; filled < bytes.length; ) {
    const count = readSync(0, bytes, filled, bytes.length - filled, null);
    if (count === 0) return false;
    filled += count;
  }
  return true;
}

function say(word: DecodeWord): void {
  const line = Buffer.from(`${JSON.stringify(word)}\n`);
  for (let at = 0; at < line.length; ) at += writeSync(wordPipe, line, at);
}
