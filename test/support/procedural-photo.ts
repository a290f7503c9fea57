/** Pictures for tests, made in code: a scene with gradients, edges, texture and grain. */
import type { Float32Image, Raster } from '@darkroom/gpu-worker/image/raster';

/** A deterministic photo-like scene: sky, sun, hills, striped and textured ground, a red ball, film grain. */
export function proceduralPhoto(width: number, height: number, grain = 0.01): Raster {
  const data = new Uint8Array(width * height * 3);
  const random = randomNumbers(7);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += 3) {
      const colour = sceneColour((x + 0.5) / width, (y + 0.5) / height);
      const noise = grain * (random() + random() - 1) * 2;
      for (let c = 0; c < 3; c++) {
        data[at + c] = Math.round(255 * Math.min(1, Math.max(0, (colour[c] as number) + noise)));
      }
    }
  }
  return { width, height, channels: 3, data };
}

function sceneColour(u: number, v: number): readonly number[] {
  const ball = Math.hypot(u - 0.7, v - 0.68);
  if (ball < 0.12) {
    const shade = 1 - 4 * Math.hypot(u - 0.66, v - 0.63);
    return [0.45 + 0.4 * shade, 0.12 + 0.15 * shade, 0.1 + 0.1 * shade];
  }
  const hill = 0.5 + 0.07 * Math.sin(u * 9) + 0.04 * Math.sin(u * 23 + 1);
  if (v < hill) {
    const sun = Math.exp(-80 * ((u - 0.25) ** 2 + (v - 0.2) ** 2));
    return [0.4 + 0.3 * v + 0.35 * sun, 0.55 + 0.25 * v + 0.2 * sun, 0.85 - 0.1 * v];
  }
  const texture = 0.09 * Math.sin(u * 170 + 6 * Math.sin(v * 40)) * Math.sin(v * 140 + 5 * Math.sin(u * 31));
  const stripe = Math.sin(((u - 0.5) / (v - 0.35)) * 60) > 0.3 ? 0.16 : 0;
  const light = 0.55 - 0.3 * (v - hill);
  return [light * 0.75 + texture + stripe, light + texture + stripe, light * 0.45 + 0.7 * texture + stripe];
}

/** Numbers in [0, 1) that are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Peak signal-to-noise ratio in dB of two pictures in [0, 1]; infinite where they are equal. */
export function psnr(a: Float32Image, b: Float32Image): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += ((a.data[i] as number) - (b.data[i] as number)) ** 2;
  return -10 * Math.log10(sum / a.data.length);
}

/** Variance of the 4-neighbour Laplacian of the green channel over a rectangle of fractions [x0, y0, x1, y1]. */
export function laplacianVariance(image: Float32Image, area: readonly number[] = [0, 0, 1, 1]): number {
  const { width, height, data } = image;
  const [x0 = 0, y0 = 0, x1 = 1, y1 = 1] = area;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = Math.max(1, Math.floor(y0 * height)); y < Math.min(height - 1, y1 * height); y++) {
    for (let x = Math.max(1, Math.floor(x0 * width)); x < Math.min(width - 1, x1 * width); x++) {
      const at = (place: number): number => data[place * 3 + 1] as number;
      const place = y * width + x;
      const value = 4 * at(place) - at(place - 1) - at(place + 1) - at(place - width) - at(place + width);
      sum += value;
      squares += value * value;
      count++;
    }
  }
  return squares / count - (sum / count) ** 2;
}
