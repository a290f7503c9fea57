import { animated, corrupt, type HeaderBytes, type Sides } from './header-bytes.ts';

/** Lengths and sides in PNG are below this (PNG, third edition, section 7.1). */
const limit = 0x8000_0000;
const signatureBytes = 8;
/** Length and name before a chunk's data, and its checksum behind them. */
const chunkFrame = 12;
const headerBytes = 13;

/** Sides of a PNG, read as far as its first pixels, before which an animation must say that it is one. */
export function readPngHeader(bytes: HeaderBytes): Sides {
  const first = signatureBytes;
  if (bytes.name(first + 4) !== 'IHDR' || bytes.uint32(first) !== headerBytes)
    throw corrupt('expected a PNG to begin with its header');
  const sides = { width: bytes.uint32(first + 8), height: bytes.uint32(first + 12) };
  if (sides.width >= limit || sides.height >= limit)
    throw corrupt(`expected sides of a PNG below 2^31, got ${sides.width}×${sides.height}`);
  for (let at = first + chunkFrame + headerBytes; ; ) {
    const length = bytes.uint32(at);
    const name = bytes.name(at + 4);
    if (length >= limit || !/^[A-Za-z]{4}$/.test(name)) throw corrupt('expected a chunk of a PNG');
    if (name === 'acTL') throw animated('PNG');
    if (name === 'IHDR' || name === 'IEND') throw corrupt(`expected the pixels of a PNG, got ${name}`);
    if (name === 'IDAT') return sides;
    at += chunkFrame + length;
  }
}
