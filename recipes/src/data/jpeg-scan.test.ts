import sharp from 'sharp';
import { expect, test } from 'vitest';
import { jpegStreams, largestJpeg } from './jpeg-scan.ts';

const wave = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 7919) % 251);
const picture = sharp(wave, { raw: { width: 64, height: 48, channels: 3 } });
const baseline = await picture.clone().jpeg({ quality: 90 }).toBuffer();
const progressive = await picture.clone().jpeg({ quality: 40, progressive: true }).toBuffer();
const noise = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x12, 0xff, 0xd9, 0x00]);

test('finds baseline and progressive streams between other bytes, whole', () => {
  const found = jpegStreams(Buffer.concat([noise, baseline, noise, progressive, noise]));
  expect(found).toEqual([baseline, progressive]);
});

test('takes the longest stream', () => {
  expect(baseline.length).toBeGreaterThan(progressive.length);
  expect(largestJpeg(Buffer.concat([progressive, baseline, progressive]))).toEqual(baseline);
});

test('does not take a thumbnail inside a segment for a stream', () => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(progressive.length + 2);
  const withThumbnail = Buffer.concat([
    baseline.subarray(0, 2),
    Buffer.from([0xff, 0xe1]),
    length,
    progressive,
    baseline.subarray(2),
  ]);
  expect(jpegStreams(withThumbnail)).toEqual([withThumbnail]);
});

test('finds nothing in a stream that is cut short or in no stream at all', () => {
  expect(jpegStreams(baseline.subarray(0, -40))).toEqual([]);
  expect(largestJpeg(Buffer.from('plain text'))).toBeUndefined();
});
