import { crc32, deflateSync } from 'node:zlib';
import { maxImageBytes } from '@darkroom/shared/contracts/image-ref';
import { AppError, type ErrorCode } from '@darkroom/shared/errors';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { proceduralPhoto, randomNumbers } from '../../../../test/support/procedural-photo.ts';
import { decodeImage } from './decode.ts';

const photo = proceduralPhoto(160, 120);
const source = () => sharp(photo.data, { raw: { width: 160, height: 120, channels: 3 } });
const jpeg = await source().jpeg().toBuffer();
const png = await source().png().toBuffer();
const webp = await source().webp().toBuffer();
const avif = await source().avif({ effort: 0 }).toBuffer();

function pngChunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** The picture's PNG with other sides in its header, checksum put right. */
function pngDeclaring(width: number, height: number): Buffer {
  const header = Buffer.from(png.subarray(16, 29));
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([png.subarray(0, 8), pngChunk('IHDR', header), png.subarray(33)]);
}

/** The picture's PNG with one more chunk right after its header. */
function pngWith(name: string, data: Uint8Array): Buffer {
  return Buffer.concat([png.subarray(0, 33), pngChunk(name, data), png.subarray(33)]);
}

/** The picture's JPEG with other sides in its frame header (SOF0: marker, length, precision, height, width). */
function jpegDeclaring(width: number, height: number): Buffer {
  const copy = Buffer.from(jpeg);
  const frame = copy.indexOf(Buffer.from([0xff, 0xc0]));
  copy.writeUInt16BE(height, frame + 5);
  copy.writeUInt16BE(width, frame + 7);
  return copy;
}

const twoFrames = (format: 'webp' | 'gif') =>
  sharp(Buffer.concat([photo.data, photo.data.toReversed()]), {
    raw: { width: 160, height: 240, channels: 3, pageHeight: 120 },
  })
    .toFormat(format)
    .toBuffer();

const hostile: readonly [string, ErrorCode, () => Uint8Array | Promise<Uint8Array>][] = [
  ['an empty file', 'image_corrupt', () => new Uint8Array()],
  ['one byte', 'unsupported_media', () => new Uint8Array([0xff])],
  ['a thousand zero bytes', 'unsupported_media', () => new Uint8Array(1000)],
  ['a text file', 'unsupported_media', () => Buffer.from('make it a snowy night\n'.repeat(20))],
  ['an HTML page', 'unsupported_media', () => Buffer.from('<!doctype html><img src=x onerror=alert(1)>')],
  [
    'an SVG with an outside entity',
    'unsupported_media',
    () =>
      Buffer.from(
        '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><svg>&e;</svg>',
      ),
  ],
  ['a GIF', 'unsupported_media', () => source().gif().toBuffer()],
  ['an animated GIF', 'unsupported_media', () => twoFrames('gif')],
  ['an animated WebP', 'unsupported_media', () => twoFrames('webp')],
  ['an animated PNG', 'unsupported_media', () => pngWith('acTL', new Uint8Array([0, 0, 0, 2, 0, 0, 0, 0]))],
  ['a TIFF', 'unsupported_media', () => source().tiff().toBuffer()],
  ['a PDF', 'unsupported_media', () => Buffer.from('%PDF-1.7\n%....')],
  ['a BMP header', 'unsupported_media', () => Buffer.from('BM\0\0\0\0')],
  ['a HEIC header', 'unsupported_media', () => Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic')],
  ['a ZIP named like a picture', 'unsupported_media', () => Buffer.from('PK\x03\x04photo.jpg')],
  ['only the JPEG marker', 'image_corrupt', () => jpeg.subarray(0, 3)],
  ['a JPEG cut in its header', 'image_corrupt', () => jpeg.subarray(0, 60)],
  ['a JPEG cut in its pixels', 'image_corrupt', () => jpeg.subarray(0, jpeg.length >> 1)],
  ['a PNG cut in its header', 'image_corrupt', () => png.subarray(0, 20)],
  ['a PNG cut in its pixels', 'image_corrupt', () => png.subarray(0, png.length >> 1)],
  ['a PNG of its signature only', 'image_corrupt', () => png.subarray(0, 8)],
  ['a WebP cut in its header', 'image_corrupt', () => webp.subarray(0, 24)],
  ['a WebP cut in its pixels', 'image_corrupt', () => webp.subarray(0, webp.length >> 1)],
  ['an AVIF cut in its header', 'image_corrupt', () => avif.subarray(0, 40)],
  ['an AVIF cut in its pixels', 'image_corrupt', () => avif.subarray(0, avif.length - 400)],
  ['JPEG bytes under a PNG signature', 'image_corrupt', () => Buffer.concat([png.subarray(0, 8), jpeg])],
  ['PNG bytes under a JPEG marker', 'image_corrupt', () => Buffer.concat([jpeg.subarray(0, 3), png])],
  ['a PNG declaring 2 gigapixels', 'image_too_large', () => pngDeclaring(50_000, 40_000)],
  ['a PNG declaring the largest sides', 'image_too_large', () => pngDeclaring(999_999, 999_999)],
  ['a PNG declaring more than PNG may', 'image_corrupt', () => pngDeclaring(0xffffffff, 0xffffffff)],
  ['a PNG of width 0', 'image_corrupt', () => pngDeclaring(0, 120)],
  ['a PNG that holds fewer rows than declared', 'image_corrupt', () => pngDeclaring(160, 4000)],
  ['a JPEG declaring 4 gigapixels', 'image_too_large', () => jpegDeclaring(65_500, 65_500)],
  ['a JPEG of width 0', 'image_corrupt', () => jpegDeclaring(0, 120)],
  ['a file over the size limit', 'image_too_large', () => new Uint8Array(maxImageBytes + 1)],
];

describe('decodeImage refuses hostile files', () => {
  it.each(hostile)('refuses %s as %s', async (_, code, make) => {
    const outcome = await decodeImage(await make()).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(AppError);
    expect((outcome as AppError).code).toBe(code);
    expect((outcome as AppError).message).toMatch(/^image: /);
  });

  it('is not held up by a chunk that unpacks to 64 megabytes', async () => {
    const packed = deflateSync(new Uint8Array(64 * 2 ** 20), { level: 9 });
    const startedAt = performance.now();
    for (const name of ['zTXt', 'iCCP']) {
      const outcome = await decodeImage(pngWith(name, Buffer.concat([Buffer.from('x\0\0'), packed]))).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'image_corrupt' });
      else expect(outcome).toEqual(photo);
    }
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('shows the rows that came of a JPEG that ends early but properly, as browsers do', async () => {
    expect(await decodeImage(jpegDeclaring(160, 1000))).toMatchObject({
      width: 160,
      height: 1000,
      channels: 3,
    });
  });

  it.each([
    ['JPEG', jpeg],
    ['PNG', png],
    ['WebP', webp],
    ['AVIF', avif],
  ])('answers a damaged %s with a picture of the declared size or a coded error', async (_, intact) => {
    const random = randomNumbers(intact.length);
    for (let round = 0; round < 25; round++) {
      const damaged = Uint8Array.from(intact);
      for (let flip = 0; flip < 1 + round / 4; flip++) {
        damaged[Math.floor(random() * damaged.length)] = Math.floor(random() * 256);
      }
      const outcome = await decodeImage(damaged).catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome).toBeInstanceOf(AppError);
      else {
        const { width, height, channels, data } = outcome as Awaited<ReturnType<typeof decodeImage>>;
        expect(data.length).toBe(width * height * channels);
      }
    }
  });
});
