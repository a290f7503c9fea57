/** Working image of the data engine: interleaved RGB, sRGB-encoded, each value in [0, 1]. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Length `width * height * 3`, row-major. */
  readonly data: Float32Array;
}

/** One value per pixel in [0, 1], row-major: an alpha matte, a region weight. */
export interface Mask {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}
