/** Views of photos with what is known about them: an outlined thing, and the sky. */
import type { StoredPhoto } from '../data/store.ts';
import { between, type Dice } from '../dice.ts';
import type { Mask, Pixels } from '../pixels.ts';
import { hasSky, skyMask } from '../teachers/sky.ts';
import { resample, type Size } from '../training/view.ts';
import type { PhotoOutline } from './outlines.ts';

/** A thing of the photo itself. */
export interface KnownThing {
  readonly noun?: string;
  readonly mask: Mask;
}

/** How often a sky counts as a thing. */
const skyShare = 0.4;
/** A thing that covers less of the view is none. */
const leastCover = 0.01;

/**
 * A random part of a photo, mirrored half of the time, exposure and white balance slightly off; the outlined thing is cut
 * where the view ends.
 */
export function knownView(
  photo: StoredPhoto,
  outline: PhotoOutline | undefined,
  size: Size,
  random: Dice,
): { readonly image: Pixels; readonly things: readonly KnownThing[] } {
  const { width, height } = size;
  const zoom = Math.min(photo.width / width, photo.height / height) * between(random, 0.6, 1);
  const rectangle = {
    width: width * zoom,
    height: height * zoom,
    left: random() * (photo.width - width * zoom),
    top: random() * (photo.height - height * zoom),
  };
  const [bytes, channels] = outline ? [outline.rgba, 4] : [photo.rgb, 3];
  const view = resample({ width: photo.width, height: photo.height, bytes, channels }, rectangle, size);
  const isMirrored = random() < 0.5;
  const exposure = between(random, 0.85, 1.15);
  const gains = [0, 1, 2].map(() => exposure * between(random, 0.95, 1.05));
  const data = new Float32Array(width * height * 3);
  const matte = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = y * width + x;
      const from = (y * width + (isMirrored ? width - 1 - x : x)) * channels;
      for (let c = 0; c < 3; c++)
        data[to * 3 + c] = Math.min(1, (view[from + c] as number) * (gains[c] as number));
      if (outline) matte[to] = view[from + 3] as number;
    }
  }
  const image = { width, height, data };
  const known = outline && {
    ...(outline.noun && { noun: outline.noun }),
    mask: { width, height, data: matte },
  };
  const sky = random() < skyShare ? skyMask(image) : undefined;
  const things = [...(known ? [known] : []), ...(sky && hasSky(sky) ? [{ mask: sky }] : [])];
  return { image, things: things.filter(({ mask }) => coverOf(mask) > leastCover) };
}

function coverOf({ data }: Mask): number {
  return data.reduce((sum, value) => sum + value, 0) / data.length;
}
