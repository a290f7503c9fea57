/** Picture as the worker holds it between decode and encode: sRGB, 8 bits a channel, interleaved, row-major, upright. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** 3 = RGB; 4 = RGB and straight (not premultiplied) alpha, only for pictures that are not fully opaque. */
  readonly channels: 3 | 4;
  /** Length `width * height * channels`. */
  readonly data: Uint8Array;
}

/** Picture in floating point: interleaved RGB, sRGB-encoded, row-major, nominally in [0, 1]. */
export interface Float32Image {
  readonly width: number;
  readonly height: number;
  /** Length `width * height * 3`. */
  readonly data: Float32Array;
}

/** @throws TypeError where sides and length of the pixels disagree. */
export function assertRaster(raster: Raster, name: string): void {
  assertSides(raster, name);
  const expected = raster.width * raster.height * raster.channels;
  if (raster.data.length !== expected) {
    throw new TypeError(
      `${name}: expected ${expected} bytes for ${raster.width}×${raster.height}×${raster.channels}, got ${raster.data.length}`,
    );
  }
}

/** @throws TypeError where sides and length of the pixels disagree. */
export function assertFloat32Image(image: Float32Image, name: string): void {
  assertSides(image, name);
  const expected = image.width * image.height * 3;
  if (image.data.length !== expected) {
    throw new TypeError(
      `${name}: expected ${expected} values for ${image.width}×${image.height}×3, got ${image.data.length}`,
    );
  }
}

/** Bytes to [0, 1]; an alpha channel is left out. */
export function toFloat32Image(raster: Raster): Float32Image {
  assertRaster(raster, 'raster');
  const { width, height, channels, data } = raster;
  const values = new Float32Array(width * height * 3);
  for (let from = 0, to = 0; to < values.length; from += channels, to += 3) {
    values[to] = (data[from] as number) / 255;
    values[to + 1] = (data[from + 1] as number) / 255;
    values[to + 2] = (data[from + 2] as number) / 255;
  }
  return { width, height, data: values };
}

/** [0, 1] to bytes: clamped, rounded to nearest. */
export function fromFloat32Image(image: Float32Image): Raster {
  assertFloat32Image(image, 'image');
  const bytes = new Uint8ClampedArray(image.data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (image.data[i] as number) * 255;
  return { width: image.width, height: image.height, channels: 3, data: new Uint8Array(bytes.buffer) };
}

/** Lays a picture with alpha on an opaque background (sRGB bytes, white unless told); an opaque one comes back as it is. */
export function flattenAlpha(
  raster: Raster,
  background: readonly [number, number, number] = [255, 255, 255],
): Raster {
  assertRaster(raster, 'raster');
  if (raster.channels === 3) return raster;
  const { width, height, data } = raster;
  const opaque = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < opaque.length; from += 4, to += 3) {
    const alpha = (data[from + 3] as number) / 255;
    for (let c = 0; c < 3; c++) {
      const under = background[c] as number;
      opaque[to + c] = Math.round(under + ((data[from + c] as number) - under) * alpha);
    }
  }
  return { width, height, channels: 3, data: opaque };
}

function assertSides({ width, height }: { width: number; height: number }, name: string): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new TypeError(`${name}: expected whole sides of at least 1 pixel, got ${width}×${height}`);
  }
}
