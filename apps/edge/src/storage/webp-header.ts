import { animated, corrupt, type HeaderBytes, type Sides } from './header-bytes.ts';

/** Where the first chunk is: behind RIFF, its length and WEBP. */
const firstChunk = 12;
const chunkFrame = 8;
const animationFlag = 0x02;

/** RFC 6386, section 9.1: a key frame's tag, its start code, and sides of 14 bits each. */
function readLossy(bytes: HeaderBytes, at: number): Sides {
  const isKeyFrame = (bytes.uint8(at) & 1) === 0;
  if (!isKeyFrame || bytes.uint24le(at + 3) !== 0x2a_019d) throw corrupt('expected a key frame in a WebP');
  return { width: bytes.uint16le(at + 6) & 0x3fff, height: bytes.uint16le(at + 8) & 0x3fff };
}

/** RFC 9649, section 3.4: a signature, and sides less one of 14 bits each. */
function readLossless(bytes: HeaderBytes, at: number): Sides {
  const bits = bytes.uint32le(at + 1);
  if (bytes.uint8(at) !== 0x2f || bits >>> 29 !== 0) throw corrupt('expected a lossless picture in a WebP');
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** Sides of the canvas; the picture behind it must fill it. */
function readExtended(bytes: HeaderBytes, at: number): Sides {
  if ((bytes.uint8(at) & animationFlag) !== 0) throw animated('WebP');
  return { width: bytes.uint24le(at + 4) + 1, height: bytes.uint24le(at + 7) + 1 };
}

/** Sides of a WebP: those of its picture, which its canvas, if it has one, must confirm. */
export function readWebpHeader(bytes: HeaderBytes): Sides {
  let canvas: Sides | undefined;
  let picture: Sides | undefined;
  for (let at = firstChunk; !picture; ) {
    const name = bytes.name(at);
    const length = bytes.uint32le(at + 4);
    const data = at + chunkFrame;
    if (name === 'ANIM' || name === 'ANMF') throw animated('WebP');
    if (name === 'VP8X' && at === firstChunk) canvas = readExtended(bytes, data);
    else if (name === 'VP8 ') picture = readLossy(bytes, data);
    else if (name === 'VP8L') picture = readLossless(bytes, data);
    else if (!canvas) throw corrupt('expected the picture of a WebP');
    // Chunks of an odd length are followed by a byte that does not count.
    at = data + length + (length & 1);
  }
  if (canvas && (canvas.width !== picture.width || canvas.height !== picture.height))
    throw corrupt('expected the picture of a WebP to be as large as its canvas');
  return picture;
}
