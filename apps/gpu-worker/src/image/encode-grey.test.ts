import sharp from 'sharp';
import { expect, it } from 'vitest';
import { encodeGrey } from './encode-grey.ts';

it('writes one channel of 8 bits that comes back as it went', async () => {
  const data = Uint8Array.from({ length: 12 }, (_, i) => 20 * i);
  const file = await encodeGrey({ width: 4, height: 3 }, data);
  expect(await sharp(file).metadata()).toMatchObject({ format: 'png', channels: 1, depth: 'uchar' });
  const { data: back } = await sharp(file).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  expect(new Uint8Array(back)).toEqual(data);
  await expect(encodeGrey({ width: 5, height: 3 }, data)).rejects.toThrow(/expected 15 bytes/);
});
