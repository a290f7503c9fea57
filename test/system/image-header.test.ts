import { readImageHeader } from '@darkroom/edge/storage/image-header';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { sidewaysPhoto } from '../support/phone-photo.ts';
import { proceduralPhoto } from '../support/procedural-photo.ts';

const [width, height] = [321, 123];
const photo = () => sharp(proceduralPhoto(width, height).data, { raw: { width, height, channels: 3 } });

const files: readonly [string, Sharp][] = [
  ['jpeg', photo().jpeg()],
  ['jpeg', photo().jpeg({ progressive: true }).withMetadata({ orientation: 6 })],
  ['jpeg', photo().greyscale().jpeg()],
  ['png', photo().png()],
  ['png', photo().png({ palette: true, progressive: true }).withIccProfile('p3')],
  ['webp', photo().webp()],
  ['webp', photo().webp({ lossless: true })],
  ['webp', photo().ensureAlpha(0.5).webp().withIccProfile('p3').withMetadata({ orientation: 8 })],
  ['webp', photo().ensureAlpha(0.5).webp({ lossless: true })],
  ['avif', photo().avif({ effort: 0 })],
  ['avif', photo().ensureAlpha(0.5).avif({ effort: 0 })],
  ['avif', photo().avif({ effort: 0, lossless: true }).withIccProfile('p3').withMetadata({ orientation: 3 })],
];

describe('the edge reads the headers that encoders write', () => {
  it.each(files)('of a %s', async (format, picture) => {
    const bytes = await picture.toBuffer();
    expect(readImageHeader(bytes)).toEqual({ mime: `image/${format}`, width, height });
  });

  it('of a photo as phones write it', async () => {
    expect(readImageHeader(await sidewaysPhoto(64, 48))).toEqual({
      mime: 'image/jpeg',
      width: 64,
      height: 48,
    });
  });
});
