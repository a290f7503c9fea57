// A process that decodes one image after another, so that a hostile file harms nothing but it. Started by DecodeProcess:
// images come over standard input, each after its length; words go out over descriptor 3, pixels into the file at 4.
import { readSync, writeSync } from 'node:fs';
import { AppError } from '@darkroom/shared/errors';
import sharp from 'sharp';
import { decodePixels, defaultDecodeLimits, inspectImage } from './decode.ts';
import { DecodeWord } from './decode-words.ts';

const loaders = ['Jpeg', 'Png', 'Webp', 'Heif'].map((name) => `VipsForeignLoad${name}Buffer`);
const watchEveryMs = 20;
const wordPipe = 3;
const pixelFile = 4;

const memoryBytes = Number(process.argv[2]) * 2 ** 20;
const parent = process.ppid;

sharp.concurrency(1);
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: loaders });
// Ends a decode that outgrew its limit or outlived its worker; the worker hears the pipe close.
setInterval(() => {
  if (process.memoryUsage.rss() > memoryBytes || process.ppid !== parent) process.exit(1);
}, watchEveryMs);

say({ kind: 'ready' });
for (let bytes = readImage(); bytes !== undefined; bytes = readImage()) {
  await decode(bytes);
  // Pixels lie outside of what the collector counts: left to itself it would let those of several images pile up.
  globalThis.gc?.();
}
process.exit(0);

async function decode(bytes: Uint8Array): Promise<void> {
  try {
    const size = await inspectImage(bytes, defaultDecodeLimits);
    say({ kind: 'size', width: size.width, height: size.height });
    const { width, height, channels, data } = await decodePixels(bytes, defaultDecodeLimits);
    for (let at = 0; at < data.length; ) at += writeSync(pixelFile, data, at, data.length - at, at);
    say({ kind: 'picture', width, height, channels });
  } catch (thrown) {
    say(refusal(thrown));
  }
}

/** @throws what is no refusal, which ends the process */
function refusal(thrown: unknown): DecodeWord {
  if (!(thrown instanceof AppError)) throw thrown;
  if (isOutOfMemory(thrown.cause)) {
    return { kind: 'refused', code: 'poison', message: 'image: needs too much memory to be decoded' };
  }
  const { code, message, details } = thrown;
  return DecodeWord.parse({ kind: 'refused', code, message, details });
}

/** Words of libvips and of the libraries below it when the system gives no more memory. */
function isOutOfMemory(cause: unknown): boolean {
  return cause instanceof Error && /out of memory|insufficient memory|cannot allocate/i.test(cause.message);
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
