/** Tells what a file really is from its first bytes; names and declared types are never believed. */

/** What decode accepts. */
export const inputFormats = ['jpeg', 'png', 'webp', 'avif'] as const;
export type InputFormat = (typeof inputFormats)[number];

/** What was found: an accepted format, a known but refused one by its name, or `undefined`. */
export interface SniffedType {
  readonly format: InputFormat | undefined;
  /** For messages: `JPEG`, `animated PNG`, `GIF`, `unknown`. */
  readonly name: string;
}

interface Signature {
  readonly name: string;
  readonly format?: InputFormat;
  readonly matches: (bytes: Uint8Array) => boolean;
}

/** In order: the first match wins, so animated kinds stand before still ones. */
const signatures: readonly Signature[] = [
  { name: 'JPEG', format: 'jpeg', matches: (bytes) => startsWith(bytes, [0xff, 0xd8, 0xff]) },
  { name: 'animated PNG', matches: (bytes) => isPng(bytes) && pngChunksBeforePixels(bytes).includes('acTL') },
  { name: 'PNG', format: 'png', matches: isPng },
  { name: 'animated WebP', matches: (bytes) => isWebp(bytes) && isAnimatedWebp(bytes) },
  { name: 'WebP', format: 'webp', matches: isWebp },
  { name: 'animated AVIF', matches: (bytes) => isoBrands(bytes).includes('avis') },
  { name: 'AVIF', format: 'avif', matches: (bytes) => isoBrands(bytes).includes('avif') },
  { name: 'HEIC', matches: (bytes) => isoBrands(bytes).some((brand) => /^(hei|hev|mif1|msf1)/.test(brand)) },
  { name: 'GIF', matches: (bytes) => text(bytes, 0, 4) === 'GIF8' },
  { name: 'TIFF', matches: (bytes) => ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text(bytes, 0, 4)) },
  { name: 'BMP', matches: (bytes) => text(bytes, 0, 2) === 'BM' },
  { name: 'PDF', matches: (bytes) => text(bytes, 0, 5) === '%PDF-' },
  { name: 'JPEG XL', matches: (bytes) => startsWith(bytes, [0xff, 0x0a]) || text(bytes, 4, 8) === 'JXL ' },
  { name: 'SVG', matches: (bytes) => /<svg[\s>]/i.test(text(bytes, 0, 1024)) },
];

/** Reads the type from the bytes. */
export function sniffMediaType(bytes: Uint8Array): SniffedType {
  const found = signatures.find((signature) => signature.matches(bytes));
  return { format: found?.format, name: found?.name ?? 'unknown' };
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, i) => bytes[i] === byte);
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function isPng(bytes: Uint8Array): boolean {
  return startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
}

/** Names of the PNG chunks up to the first pixels (PNG 3rd edition, §5.3): length, type, data, checksum. */
function pngChunksBeforePixels(bytes: Uint8Array): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  for (let at = 8; at + 8 <= bytes.length && names.length < 64; at += 12 + view.getUint32(at)) {
    const name = text(bytes, at + 4, at + 8);
    if (name === 'IDAT') break;
    names.push(name);
  }
  return names;
}

function isWebp(bytes: Uint8Array): boolean {
  return text(bytes, 0, 4) === 'RIFF' && text(bytes, 8, 12) === 'WEBP';
}

/** Bit 1 of the extended header's flags (WebP container specification, "VP8X"). */
function isAnimatedWebp(bytes: Uint8Array): boolean {
  return text(bytes, 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 2) !== 0;
}

/** Major and compatible brands of an ISO base media file (ISO/IEC 14496-12 §4.3). */
function isoBrands(bytes: Uint8Array): string[] {
  if (bytes.length < 16 || text(bytes, 4, 8) !== 'ftyp') return [];
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands = [text(bytes, 8, 12)];
  for (let at = 16; at + 4 <= Math.min(size, bytes.length, 256); at += 4)
    brands.push(text(bytes, at, at + 4));
  return brands;
}
