import type { Mask, Pixels } from '../pixels.ts';

interface Layout {
  readonly width: number;
  readonly height: number;
  /** Interleaved channels per pixel. */
  readonly channels: number;
}

interface Box {
  readonly radius: number;
  /** Weight of the two taps just outside the radius. */
  readonly edge: number;
}

/**
 * Gaussian blur by three extended box filters (Gwosdek et al. 2011), so that any sigma has the right variance
 * at a cost that does not grow with it. Borders repeat the edge pixel.
 * @param sigma standard deviation in pixels; 0 or less returns a copy.
 */
export function blurPlane(plane: Float32Array, layout: Layout, sigma: number): Float32Array {
  let current = plane.slice();
  if (sigma <= 0) return current;
  const box = boxFor((sigma * sigma) / 3);
  let spare = new Float32Array(plane.length);
  const { width, height, channels } = layout;
  for (let pass = 0; pass < 3; pass += 1) {
    for (let channel = 0; channel < channels; channel += 1) {
      for (let y = 0; y < height; y += 1) {
        blurLine(
          current,
          spare,
          { start: y * width * channels + channel, step: channels, length: width },
          box,
        );
      }
    }
    [current, spare] = [spare, current];
    const stride = width * channels;
    for (let column = 0; column < stride; column += 1) {
      blurLine(current, spare, { start: column, step: stride, length: height }, box);
    }
    [current, spare] = [spare, current];
  }
  return current;
}

/** Gaussian blur of an image; sigma in pixels. */
export function blurPixels(image: Pixels, sigma: number): Pixels {
  const { width, height } = image;
  return { width, height, data: blurPlane(image.data, { width, height, channels: 3 }, sigma) };
}

/** Gaussian blur of a mask; sigma in pixels. */
export function blurMask(mask: Mask, sigma: number): Mask {
  const { width, height } = mask;
  return { width, height, data: blurPlane(mask.data, { width, height, channels: 1 }, sigma) };
}

function boxFor(variance: number): Box {
  const radius = Math.floor(0.5 * Math.sqrt(12 * variance + 1) - 0.5);
  const taps = 2 * radius + 1;
  const spread = (radius * (radius + 1) * taps) / 3;
  return { radius, edge: (variance * taps - spread) / (2 * ((radius + 1) ** 2 - variance)) };
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

function blurLine(source: Float32Array, target: Float32Array, line: Line, box: Box): void {
  const { start, step, length } = line;
  const { radius, edge } = box;
  const last = start + (length - 1) * step;
  const tap = (position: number): number => {
    const index = start + position * step;
    return source[index < start ? start : Math.min(index, last)] as number;
  };
  const scale = 1 / (2 * radius + 1 + 2 * edge);
  let sum = 0;
  for (let position = -radius; position <= radius; position += 1) sum += tap(position);
  for (let position = 0; position < length; position += 1) {
    const entering = tap(position + radius + 1);
    target[start + position * step] = (sum + edge * (entering + tap(position - radius - 1))) * scale;
    sum += entering - tap(position - radius);
  }
}
