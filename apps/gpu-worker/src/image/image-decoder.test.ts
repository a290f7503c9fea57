import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeProcesses as decoders } from '../../../../test/support/hostile-images-watch.ts';
import { proceduralPhoto } from '../../../../test/support/procedural-photo.ts';
import { decodeImage } from './decode.ts';
import { DecodeProcess, defaultProcessLimits } from './decode-process.ts';
import { ImageDecoder } from './image-decoder.ts';
import type { Raster } from './raster.ts';

const photo = proceduralPhoto(160, 120);
const source = sharp(photo.data, { raw: { width: 160, height: 120, channels: 3 } });
const png = await source.clone().png().toBuffer();
/** Takes long enough, and memory enough, to be stopped on the way. */
const large = await sharp({ create: { width: 6000, height: 5000, channels: 3, background: '#369' } })
  .withMetadata({ orientation: 6 })
  .png()
  .toBuffer();

/** A width in the place of its pixels: a test that fails would print 90 MB of them, and run out of memory. */
const widthOf = (decoding: Promise<Raster>): Promise<number> => decoding.then(({ width }) => width);

let decoder = new ImageDecoder();
afterEach(() => decoder[Symbol.asyncDispose]());

describe('ImageDecoder', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('gives what decodeImage gives: %s', async (format) => {
    decoder = new ImageDecoder();
    const bytes = await source.clone().toFormat(format).withMetadata({ orientation: 6 }).toBuffer();
    expect(await decoder.decode(bytes)).toEqual(await decodeImage(bytes));
  });

  it.each([0.5, 1])('keeps transparency only where there is some: %d', async (opacity) => {
    decoder = new ImageDecoder();
    const bytes = await source.clone().resize(900, 700).ensureAlpha(opacity).png().toBuffer();
    const raster = await decoder.decode(bytes);
    expect(raster.channels).toBe(opacity < 1 ? 4 : 3);
    expect(raster).toEqual(await decodeImage(bytes));
  });

  it('leaves no pixels behind', async () => {
    const pixelFiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith('pixels-'));
    const before = pixelFiles();
    decoder = new ImageDecoder();
    await decoder.decode(png);
    expect(pixelFiles()).toEqual(before);
    const controller = new AbortController();
    const decoding = widthOf(decoder.decode(large, controller.signal));
    await expect.poll(pixelFiles, { interval: 1 }).not.toEqual(before);
    controller.abort();
    await expect(decoding).rejects.toMatchObject({ code: 'canceled' });
    expect(pixelFiles()).toEqual(before);
  });

  it('refuses as decodeImage does, and keeps its process', async () => {
    decoder = new ImageDecoder();
    await decoder.decode(png);
    const before = decoders();
    for (const bytes of [png.subarray(0, 20), new Uint8Array(), await source.clone().gif().toBuffer()]) {
      const { code, message, details } = await decodeImage(bytes).catch((error) => error);
      const refusal = await decoder.decode(bytes).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code, message, ...(details && { details }) });
    }
    expect(before).toHaveLength(1);
    expect(decoders()).toEqual(before);
  });

  it('gives way to a fresh process after its share of images', async () => {
    decoder = new ImageDecoder({ ...defaultProcessLimits, images: 1 });
    await decoder.decode(png);
    expect(decoders()).toEqual([]);
    expect(await decoder.decode(png)).toEqual(photo);
  });

  it('runs as many processes as images are decoded at once, and ends them with itself', async () => {
    decoder = new ImageDecoder();
    const both = await Promise.all([decoder.decode(png), decoder.decode(png)]);
    expect(both).toEqual([photo, photo]);
    expect(decoders()).toHaveLength(2);
    await decoder[Symbol.asyncDispose]();
    expect(decoders()).toEqual([]);
  });

  it('ends its process and says canceled when it is told to stop', async () => {
    decoder = new ImageDecoder();
    await decoder.decode(png);
    const controller = new AbortController();
    const decoding = widthOf(decoder.decode(large, controller.signal));
    setTimeout(() => controller.abort(), 20);
    await expect(decoding).rejects.toMatchObject({ code: 'canceled' });
    expect(decoders()).toEqual([]);
  });
});

it('ImageDecoder calls too large what needs too much memory', async () => {
  decoder = new ImageDecoder({ ...defaultProcessLimits, memoryMb: 150 });
  const message = 'image: expected to be decoded within 150 MiB of memory';
  await expect(widthOf(decoder.decode(large))).rejects.toMatchObject({ code: 'image_too_large', message });
  expect(await decoder.decode(png)).toEqual(photo);
});

describe('ImageDecoder calls poison', () => {
  it('an image that takes too long', async () => {
    decoder = new ImageDecoder({ ...defaultProcessLimits, timeoutMs: 20 });
    await expect(widthOf(decoder.decode(large))).rejects.toThrow(/expected to be decoded within/);
    expect(decoders()).toEqual([]);
  });

  it('an image that breaks a fresh process', async () => {
    const child = await DecodeProcess.start();
    const decoding = widthOf(child.decode(large));
    for (const pid of decoders()) process.kill(pid, 'SIGSEGV');
    await expect(decoding).rejects.toMatchObject({ code: 'poison' });
    expect(child.isUsable).toBe(false);
  });

  it('no image at the first death of a process that others used before', async () => {
    decoder = new ImageDecoder();
    await decoder.decode(png);
    const decoding = widthOf(decoder.decode(large));
    for (const pid of decoders()) process.kill(pid, 'SIGSEGV');
    expect(await decoding).toBe(5000);
  });

  it('no image whose process died while it waited', async () => {
    decoder = new ImageDecoder();
    await decoder.decode(png);
    for (const child of decoders()) process.kill(child, 'SIGKILL');
    await expect.poll(decoders).toEqual([]);
    expect(await decoder.decode(png)).toEqual(photo);
  });
});
