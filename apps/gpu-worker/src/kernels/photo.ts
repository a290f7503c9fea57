// A job's photo: at full size, and at the size at which a model works on it.
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { type DiffusionModel, nativeSide, pictureMultiple } from '../diffusion/diffusion-model.ts';
import type { PlaneSize, Planes } from '../diffusion/latents.ts';
import type { Float32Image, Raster } from '../image/raster.ts';
import { floatImageFromTensor, modelSize, resizeRaster, toTensor } from '../image/resize.ts';
import type { KernelContext } from './kernel.ts';

/** A photo as it came and as the model sees it. */
export interface Photo {
  readonly original: Raster;
  /** [1, 3, …] in [-1, 1] at the model's size. */
  readonly working: Planes;
}

/** Reads and decodes a photo. @throws unsupported_media, image_too_large, image_corrupt, poison */
export async function decodedPhoto(image: ImageRef, { read, decode }: KernelContext): Promise<Raster> {
  return decode(await read(image));
}

/** Reads and decodes a photo, and shrinks it to a model's size. @throws unsupported_media, image_too_large, image_corrupt, poison */
export async function readPhoto(
  image: ImageRef,
  model: DiffusionModel,
  context: KernelContext,
): Promise<Photo> {
  const original = await decodedPhoto(image, context);
  return { original, working: await workingPhoto(original, model) };
}

/** A photo at the size at which a model works on it. */
export async function workingPhoto(original: Raster, model: DiffusionModel): Promise<Planes> {
  const budget = { multiple: pictureMultiple(model), longSide: nativeSide(model) };
  const size = modelSize(original.width, original.height, budget);
  return { data: toTensor(await resizeRaster(original, size)), ...size };
}

/** Size of the latents of a picture. */
export function latentSize({ width, height }: PlaneSize, { vae }: DiffusionModel): PlaneSize {
  return { width: width / vae.factor, height: height / vae.factor };
}

/** Planes [1, 3, …] in [-1, 1] as an interleaved picture in [0, 1]. */
export function toFloat32Image(planes: Planes): Float32Image {
  return floatImageFromTensor(planes.data, planes);
}
