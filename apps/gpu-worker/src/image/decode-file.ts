/** Decodes into a file, so that no more of a picture lies in memory than its format needs. */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { pixelsAt } from './decode-orders.ts';
import { type DecodeLimits, dropAlpha, isOpaque, undecodable, uprightPixels } from './decode-pipeline.ts';

/** Whole pixels of 4 channels. */
const pieceBytes = 2 ** 20;

/** What lies in the file: rows of interleaved pixels. */
export interface PixelLayout {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/**
 * Decodes what `inspectImage` let pass, as `decodeImage` does.
 * @param path ends in .v, libvips' own format
 * @throws AppError `image_corrupt`
 */
export async function decodeToFile(
  bytes: Uint8Array,
  path: string,
  limits: DecodeLimits,
): Promise<PixelLayout> {
  const { width, height, channels } = await uprightPixels(bytes, limits)
    .toFile(path)
    .catch((cause: unknown) => {
      throw undecodable(cause);
    });
  const hasAlpha = channels === 4 && !dropOpaqueAlpha(path, width * height * 4);
  return { width, height, channels: hasAlpha ? 4 : 3 };
}

/** Leaves an alpha channel out where it hides nothing away; whether it did. */
function dropOpaqueAlpha(path: string, sizeBytes: number): boolean {
  const file = openSync(path, 'r+');
  try {
    for (const piece of pieces(file, sizeBytes)) if (!isOpaque(piece)) return false;
    let to = pixelsAt;
    for (const piece of pieces(file, sizeBytes)) {
      const colours = dropAlpha(piece);
      for (let at = 0; at < colours.length; )
        at += writeSync(file, colours, at, colours.length - at, to + at);
      to += colours.length;
    }
    return true;
  } finally {
    closeSync(file);
  }
}

/** The pixels, one piece after the other in the same memory. */
function* pieces(file: number, sizeBytes: number): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(pieceBytes, sizeBytes));
  for (let at = 0; at < sizeBytes; at += buffer.length) {
    const piece = buffer.subarray(0, sizeBytes - at);
    for (let filled = 0; filled < piece.length; ) {
      const count = readSync(file, piece, filled, piece.length - filled, pixelsAt + at + filled);
      if (count === 0) throw new RangeError(`pixels: expected ${sizeBytes} bytes, got ${at + filled}`);
      filled += count;
    }
    yield piece;
  }
}
