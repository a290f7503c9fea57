import type { Plane } from './plane-blur.ts';

/** Enlarges a plane row by row with Catmull-Rom cubics; borders repeat. */
export interface RowEnlarger {
  /** Writes row `y` of the enlarged plane, [width, channels]. */
  readonly row: (y: number, out: Float32Array) => void;
}

/** Prepares the enlarging of a plane to `width` × `height`, both at least the plane's own sides. */
export function createRowEnlarger(plane: Plane, width: number, height: number): RowEnlarger {
  const alongX = cubicTaps(plane.width, width);
  const alongY = cubicTaps(plane.height, height);
  const line = new Float32Array(plane.width * plane.channels);
  return {
    row(y, out) {
      line.fill(0);
      for (let tap = 0; tap < 4; tap++) {
        const weight = alongY.weights[y * 4 + tap] as number;
        const from = (alongY.places[y * 4 + tap] as number) * line.length;
        for (let i = 0; i < line.length; i++) {
          line[i] = (line[i] as number) + weight * (plane.data[from + i] as number);
        }
      }
      enlargeLine(line, plane.channels, alongX, out);
    },
  };
}

interface CubicTaps {
  /** Four source places per target place, clamped to the border. */
  readonly places: Int32Array;
  readonly weights: Float64Array;
}

function cubicTaps(from: number, to: number): CubicTaps {
  const places = new Int32Array(to * 4);
  const weights = new Float64Array(to * 4);
  for (let i = 0; i < to; i++) {
    const position = ((i + 0.5) / to) * from - 0.5;
    const base = Math.floor(position);
    const t = position - base;
    for (let tap = 0; tap < 4; tap++) places[i * 4 + tap] = Math.min(from - 1, Math.max(0, base - 1 + tap));
    weights[i * 4] = t * (-0.5 + t * (1 - 0.5 * t));
    weights[i * 4 + 1] = 1 + t * t * (-2.5 + 1.5 * t);
    weights[i * 4 + 2] = t * (0.5 + t * (2 - 1.5 * t));
    weights[i * 4 + 3] = t * t * (-0.5 + 0.5 * t);
  }
  return { places, weights };
}

function enlargeLine(line: Float32Array, channels: number, taps: CubicTaps, out: Float32Array): void {
  const { places, weights } = taps;
  const width = places.length / 4;
  for (let x = 0, at = 0; x < width; x++) {
    const tap = x * 4;
    const i = (places[tap] as number) * channels;
    const j = (places[tap + 1] as number) * channels;
    const k = (places[tap + 2] as number) * channels;
    const l = (places[tap + 3] as number) * channels;
    for (let c = 0; c < channels; c++, at++) {
      out[at] =
        (weights[tap] as number) * (line[i + c] as number) +
        (weights[tap + 1] as number) * (line[j + c] as number) +
        (weights[tap + 2] as number) * (line[k + c] as number) +
        (weights[tap + 3] as number) * (line[l + c] as number);
    }
  }
}

/**
 * What averaging each pixel's area of the enlarged plane gives: the Catmull-Rom kernel integrated over whole pixels, at
 * distances 0, 1 and 2.
 */
const averagedKernel = [161 / 192, 3 / 32, -5 / 384] as const;

/**
 * Sharpens a plane ahead of enlarging so that the area averages of the enlarged plane come near the plane again (one
 * step of back-projection on each axis); without it, lines one pixel wide would pale.
 */
export function compensateEnlarging(plane: Plane): Plane {
  const across = compensateAxis(plane, { count: plane.width, stride: plane.channels });
  return compensateAxis(across, { count: plane.height, stride: plane.width * plane.channels });
}

function compensateAxis(plane: Plane, axis: { readonly count: number; readonly stride: number }): Plane {
  const { count, stride } = axis;
  const source = plane.data;
  const data = source.map((value, i) => {
    const place = Math.floor(i / stride) % count;
    let averaged = averagedKernel[0] * value;
    for (let distance = 1; distance <= 2; distance++) {
      const before = source[i - Math.min(distance, place) * stride] as number;
      const after = source[i + Math.min(distance, count - 1 - place) * stride] as number;
      averaged += (averagedKernel[distance] as number) * (before + after);
    }
    return 2 * value - averaged;
  });
  return { ...plane, data };
}

/** Shrinks a plane by area averages; a side that is not larger than asked for stays. */
export function shrinkPlane(plane: Plane, width: number, height: number): Plane {
  const narrow = plane.width > width ? averageColumns(plane, width) : plane;
  return narrow.height > height ? averageRows(narrow, height) : narrow;
}

function averageColumns(plane: Plane, width: number): Plane {
  const { height, channels } = plane;
  const data = new Float32Array(width * height * channels);
  forEachOverlap(plane.width, width, (from, to, weight) => {
    for (let y = 0; y < height; y++) {
      const source = (y * plane.width + from) * channels;
      const target = (y * width + to) * channels;
      for (let c = 0; c < channels; c++) {
        data[target + c] = (data[target + c] as number) + weight * (plane.data[source + c] as number);
      }
    }
  });
  return { width, height, channels, data };
}

function averageRows(plane: Plane, height: number): Plane {
  const { width, channels } = plane;
  const length = width * channels;
  const data = new Float32Array(height * length);
  forEachOverlap(plane.height, height, (from, to, weight) => {
    for (let i = 0; i < length; i++) {
      const target = to * length + i;
      data[target] = (data[target] as number) + weight * (plane.data[from * length + i] as number);
    }
  });
  return { width, height, channels, data };
}

/** Every pair of a source and a target pixel that overlap on one axis, and the source's share of the target. */
function forEachOverlap(
  from: number,
  to: number,
  visit: (source: number, target: number, weight: number) => void,
): void {
  const ratio = from / to;
  for (let target = 0; target < to; target++) {
    const start = target * ratio;
    const end = Math.min(from, start + ratio);
    for (let source = Math.floor(start); source < Math.min(from, Math.ceil(end)); source++) {
      const overlap = Math.min(end, source + 1) - Math.max(start, source);
      if (overlap > 0) visit(source, target, overlap / (end - start));
    }
  }
}
