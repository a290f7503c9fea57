/** Working image of the data engine: interleaved RGB, sRGB-encoded, each value in [0, 1]. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Length `width * height * 3`, row-major. */
  readonly data: Float32Array;
}

/** The planes [3, height, width] of a picture, in [-1, 1], as networks read them. */
export function toPlanes({ width, height, data }: Pixels): Float32Array {
  const area = width * height;
  return data.map((_, i) => 2 * (data[(i % area) * 3 + Math.floor(i / area)] as number) - 1);
}

/** One value per pixel in [0, 1], row-major: an alpha matte, a region weight. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}
