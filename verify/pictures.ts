// Pictures among a golden's tensors, and how near pre-processing must come.
import type { Raster } from '@darkroom/gpu-worker/image/raster';
import type { GoldenTensors } from './golden-tensors.ts';
import { compare, type Measurement } from './measurement.ts';

/** A tensor of bytes [height, width, 3] as a picture. */
export function pictureOf(golden: GoldenTensors, name: string): Raster {
  const [height, width] = golden.shape(name) as [number, number, number];
  return { width, height, channels: 3, data: golden.bytes(name) };
}

/** Pre-processed pixels, whose resizing is the reference's to the bit: float32 rounding is all that may differ. */
export function comparePicture(output: string, actual: Float32Array, expected: Float32Array): Measurement {
  return compare(output, actual, expected, { absolute: 1e-5 });
}
