// A job's photo as models see it: decoded at most once, and not at all where its embedding is remembered.
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { Raster } from '../image/raster.ts';
import type { SamEmbedding } from '../vision/sam-predictor.ts';
import type { Segmenter } from '../vision/segmenter.ts';
import type { KernelContext } from './kernel.ts';
import { decodedPhoto } from './photo.ts';

/** One photo of one job. */
export class SeenPhoto {
  readonly #image: ImageRef;
  readonly #context: KernelContext;
  #raster: Promise<Raster> | undefined;

  /** @param raster the photo, where it is decoded already */
  constructor(image: ImageRef, context: KernelContext, raster?: Raster) {
    this.#image = image;
    this.#context = context;
    this.#raster = raster && Promise.resolve(raster);
  }

  /** @throws unsupported_media, image_too_large, image_corrupt, poison */
  raster(): Promise<Raster> {
    this.#raster ??= decodedPhoto(this.#image, this.#context);
    return this.#raster;
  }

  /** What a segmenter's encoder says about it; the hash of its bytes tells it from all other photos. */
  async embedding(segmenter: Segmenter): Promise<SamEmbedding> {
    const { sha256 } = this.#image;
    return (await segmenter.recall(sha256)) ?? segmenter.embed(sha256, await this.raster());
  }
}
