import { readImageHeader } from '@darkroom/edge/storage/image-header';
import { encodeImage } from '@darkroom/gpu-worker/image/encode';
import { describe, expect, it } from 'vitest';
import { sidewaysPhoto } from '../support/phone-photo.ts';
import { proceduralPhoto } from '../support/procedural-photo.ts';

const photo = proceduralPhoto(321, 123);
const halfSeen = {
  ...photo,
  channels: 4 as const,
  data: new Uint8Array(321 * 123 * 4).map((_, at) => at % 256),
};

/** Files of 21 × 9 grey pixels, made with libvips, for what the worker reads and does not write. */
const foreign = {
  'image/avif': `AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAAXBtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAADRp
    bG9jAAAAAERAAAIAAQAAAAABlAABAAAAAAAAAB4AAgAAAAABsgABAAAAAAAAABIAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAAAAABAABhdjAxAAAA
    ABVpbmZlAgAAAAACAABhdjAxAAAAAA5waXRtAAAAAAABAAAAr2lwcnAAAACKaXBjbwAAAAxhdjFDgSACAAAAABRpc3BlAAAAAAAAABUAAAAJAAAA
    EHBpeGkAAAAAAwgICAAAAAxhdjFDgQAcAAAAAA5waXhpAAAAAAEIAAAAOGF1eEMAAAAAdXJuOm1wZWc6bXBlZ0I6Y2ljcDpzeXN0ZW1zOmF1eGls
    aWFyeTphbHBoYQAAAAAdaXBtYQAAAAAAAAACAAEDgQIDAAIEhAIFhgAAABppcmVmAAAAAAAAAA5hdXhsAAIAAQABAAAAOG1kYXQSAAoIOBDpDSAh
    oNIyEB7CYqTv///xZ+BArrGhYWQSAAoFGBDpDCoyBx5A//FADoA=`,
  'image/webp': 'UklGRh4AAABXRUJQVlA4TBEAAAAvFAACAAdQvOIVr/+BiOh/AAA=',
};

describe('the edge reads the headers that encoders write', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('of a %s, with transparency where it may be', async (format) => {
    const expected = { mime: `image/${format}`, width: 321, height: 123 };
    for (const raster of [photo, halfSeen])
      expect(readImageHeader(await encodeImage(raster, { format }))).toEqual(expected);
  });

  it.each(Object.entries(foreign))('of an %s', (mime, text) => {
    expect(readImageHeader(Buffer.from(text, 'base64'))).toEqual({ mime, width: 21, height: 9 });
  });

  it('of a photo as phones write it', async () => {
    const expected = { mime: 'image/jpeg', width: 64, height: 48 };
    expect(readImageHeader(await sidewaysPhoto(64, 48))).toEqual(expected);
  });
});
