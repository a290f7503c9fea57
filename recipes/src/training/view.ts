/** Views of stored pictures: a rectangle of the source, area-averaged to the wanted size. */

import type { StoredCutout, StoredPhoto } from '../data/store.ts';
import { between, type Dice } from '../dice.ts';
import type { Pixels } from '../pixels.ts';

/** A rectangle in source pixels, not necessarily whole ones. */
export interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How much of each source sample a target sample covers, along one axis. */
interface Coverage {
  readonly first: Int32Array;
  readonly weights: readonly Float32Array[];
}

function coverage(start: number, extent: number, count: number, limit: number): Coverage {
  const first = new Int32Array(count);
  const step = extent / count;
  const weights = Array.from({ length: count }, (_, i) => {
    // A view finer than its source reads at least one whole source sample, blended between neighbours.
    const span = Math.max(step, 1);
    const from = start + (i + 0.5) * step - span / 2;
    const low = Math.floor(from);
    first[i] = low;
    const row = Float32Array.from({ length: Math.ceil(from + span) - low }, (_, k) => {
      return Math.max(0, Math.min(from + span, low + k + 1) - Math.max(from, low + k)) / span;
    });
    return row;
  });
  for (let i = 0; i < count; i++) first[i] = Math.min(Math.max(first[i] as number, -limit), limit);
  return { first, weights };
}

/** Area-averages `channels` interleaved bytes to `size` floats in [0, 1]; outside the source its border is repeated. */
export function resample(
  source: Size & { readonly bytes: Uint8Array; readonly channels: number },
  rectangle: Rectangle,
  size: Size,
): Float32Array {
  const { bytes, channels } = source;
  const columns = coverage(rectangle.left, rectangle.width, size.width, source.width);
  const rows = coverage(rectangle.top, rectangle.height, size.height, source.height);
  const out = new Float32Array(size.width * size.height * channels);
  for (let y = 0; y < size.height; y++) {
    const rowWeights = rows.weights[y] as Float32Array;
    for (let x = 0; x < size.width; x++) {
      const columnWeights = columns.weights[x] as Float32Array;
      const at = (y * size.width + x) * channels;
      for (let i = 0; i < rowWeights.length; i++) {
        const sourceY = Math.min(Math.max((rows.first[y] as number) + i, 0), source.height - 1);
        for (let j = 0; j < columnWeights.length; j++) {
          const sourceX = Math.min(Math.max((columns.first[x] as number) + j, 0), source.width - 1);
          const weight = ((rowWeights[i] as number) * (columnWeights[j] as number)) / 255;
          const from = (sourceY * source.width + sourceX) * channels;
          for (let c = 0; c < channels; c++)
            out[at + c] = (out[at + c] as number) + weight * (bytes[from + c] as number);
        }
      }
    }
  }
  return out;
}

/** A random view of a photo: most of it, mirrored half of the time, exposure and white balance slightly off. */
export function randomView(photo: StoredPhoto, size: Size, random: Dice): Pixels {
  const largest = Math.min(photo.width / size.width, photo.height / size.height);
  const zoom = largest * between(random, 0.6, 1);
  const rectangle = {
    width: size.width * zoom,
    height: size.height * zoom,
    left: random() * (photo.width - size.width * zoom),
    top: random() * (photo.height - size.height * zoom),
  };
  const data = resample({ ...photo, bytes: photo.rgb, channels: 3 }, rectangle, size);
  const view = { ...size, data };
  const mirrored = random() < 0.5 ? mirror(view) : view;
  return jitter(mirrored, random);
}

/** The middle of a photo at the wanted aspect, unchanged otherwise. */
export function centralView(photo: StoredPhoto, size: Size): Pixels {
  const zoom = Math.min(photo.width / size.width, photo.height / size.height);
  const [width, height] = [size.width * zoom, size.height * zoom];
  const rectangle = { width, height, left: (photo.width - width) / 2, top: (photo.height - height) / 2 };
  return { ...size, data: resample({ ...photo, bytes: photo.rgb, channels: 3 }, rectangle, size) };
}

function mirror({ width, height, data }: Pixels): Pixels {
  const out = new Float32Array(data.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y * width + (width - 1 - x)) * 3;
      for (let c = 0; c < 3; c++) out[to + c] = data[from + c] as number;
    }
  }
  return { width, height, data: out };
}

function jitter({ width, height, data }: Pixels, random: Dice): Pixels {
  const exposure = between(random, 0.85, 1.15);
  const gains = Array.from({ length: 3 }, () => exposure * between(random, 0.95, 1.05));
  return { width, height, data: data.map((value, i) => Math.min(1, value * (gains[i % 3] as number))) };
}

/** A cut-out scaled to `size`: colour multiplied by alpha, and alpha. */
export function scaleCutout(
  cutout: StoredCutout,
  size: Size,
): { readonly colour: Float32Array; readonly alpha: Float32Array } {
  const premultiplied = new Uint8Array(cutout.rgba.length);
  for (let i = 0; i < premultiplied.length; i += 4) {
    const alpha = cutout.rgba[i + 3] as number;
    for (let c = 0; c < 3; c++)
      premultiplied[i + c] = Math.round(((cutout.rgba[i + c] as number) * alpha) / 255);
    premultiplied[i + 3] = alpha;
  }
  const whole = { left: 0, top: 0, width: cutout.width, height: cutout.height };
  const scaled = resample({ ...cutout, bytes: premultiplied, channels: 4 }, whole, size);
  const count = size.width * size.height;
  const colour = new Float32Array(count * 3);
  const alpha = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) colour[i * 3 + c] = scaled[i * 4 + c] as number;
    // Weights add up to one but for rounding.
    alpha[i] = Math.min(1, scaled[i * 4 + 3] as number);
  }
  return { colour, alpha };
}
