/** What cameras and files do to a whole picture: blur, noise, JPEG. */
import sharp from 'sharp';
import { between, type Dice, normal } from '../dice.ts';
import type { Pixels } from '../pixels.ts';
import { blurPixels } from '../teachers/gaussian.ts';

/** The picture as bytes [height, width, 3] after the wear that chance names; more than a third gets none of JPEG. */
export async function worn(image: Pixels, random: Dice): Promise<Uint8Array> {
  const { width, height } = image;
  const blurred = random() < 0.25 ? blurPixels(image, between(random, 0.3, 1)) : image;
  const noise = random() < 0.5 ? between(random, 0.002, 0.03) : 0;
  const bytes = Uint8Array.from(blurred.data, (value) => {
    const noisy = noise === 0 ? value : value + noise * normal(random);
    return Math.round(255 * Math.min(1, Math.max(0, noisy)));
  });
  if (random() < 0.4) return bytes;
  const quality = Math.round(between(random, 35, 95));
  const jpeg = await sharp(bytes, { raw: { width, height, channels: 3 } })
    .jpeg({ quality })
    .toBuffer();
  return sharp(jpeg).raw().toBuffer();
}
