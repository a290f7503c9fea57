/** Float pixels of one or more interleaved channels, row-major: [height, width, channels]. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/** Two box blurs of the given radius in pixels (a tent: close to a Gaussian of sigma √(2r(r+1)/3)); borders repeat. */
export function tentBlur(plane: Plane, radius: number): Plane {
  const { width, height, channels } = plane;
  const data = plane.data.slice();
  const line = new Float64Array(Math.max(width, height));
  for (let y = 0; y < height; y++) {
    for (let c = 0; c < channels; c++) {
      blurLine(data, line, { start: y * width * channels + c, step: channels, length: width, radius });
    }
  }
  for (let start = 0; start < width * channels; start++) {
    blurLine(data, line, { start, step: width * channels, length: height, radius });
  }
  return { width, height, channels, data };
}

/** Separable [1 2 1]/4, the smallest blur; borders repeat. */
export function binomialBlur(plane: Plane): Plane {
  const { width, height, channels } = plane;
  const length = width * channels;
  const across = new Float32Array(plane.data.length);
  const data = new Float32Array(plane.data.length);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / channels) % width;
    const here = plane.data[i] as number;
    const left = x > 0 ? (plane.data[i - channels] as number) : here;
    const right = x < width - 1 ? (plane.data[i + channels] as number) : here;
    across[i] = 0.5 * here + 0.25 * (left + right);
  }
  for (let i = 0; i < data.length; i++) {
    const here = across[i] as number;
    const above = i >= length ? (across[i - length] as number) : here;
    const below = i + length < data.length ? (across[i + length] as number) : here;
    data[i] = 0.5 * here + 0.25 * (above + below);
  }
  return { width, height, channels, data };
}

interface Line {
  readonly start: number;
  readonly step: number;
  readonly length: number;
  readonly radius: number;
}

function blurLine(data: Float32Array, line: Float64Array, geometry: Line): void {
  for (let pass = 0; pass < 2; pass++) boxLine(data, line, geometry);
}

function boxLine(data: Float32Array, line: Float64Array, { start, step, length, radius }: Line): void {
  for (let i = 0; i < length; i++) line[i] = data[start + i * step] as number;
  let sum = 0;
  for (let i = -radius; i <= radius; i++) sum += line[clampIndex(i, length)] as number;
  const scale = 1 / (2 * radius + 1);
  for (let i = 0; i < length; i++) {
    data[start + i * step] = sum * scale;
    sum +=
      (line[clampIndex(i + radius + 1, length)] as number) - (line[clampIndex(i - radius, length)] as number);
  }
}

function clampIndex(index: number, length: number): number {
  return index < 0 ? 0 : index >= length ? length - 1 : index;
}
