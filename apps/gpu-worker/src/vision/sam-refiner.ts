/** A second look in use: the window around what an answer shows, encoded again with everything that is known about it. */
import { input } from '@darkroom/graph/value';
import { flattenAlpha, type Raster } from '../image/raster.ts';
import { guidePlanes, samRefiner } from '../models/sam/refiner.ts';
import type { RefinedSamConfig } from '../models/sam/sam-config.ts';
import type { Component, ModelStore } from '../runtime/model-store.ts';
import { antialiasedResize } from './antialiased-resize.ts';
import type { BinaryMask } from './binary-mask.ts';
import { extentOf, type PlacedLogits, placeWindow, refineFeeds, windowAround } from './refine-view.ts';
import { fitSquare } from './sam-image.ts';
import { type SamPrompt, scalePrompt } from './sam-prompt.ts';

/** Longer side of what a refiner looks at: a thing that fills a quarter of it still has as many pixels as the refiner takes. */
const longSide = 1024;

/** The picture that {@link refinedMask} takes: without alpha, and no larger than is of use. */
export function pictureToRefine(raster: Raster): Raster {
  const flat = flattenAlpha(raster);
  if (Math.max(raster.width, raster.height) <= longSide) return flat;
  return antialiasedResize(flat, fitSquare(raster, longSide).scaled, { kernel: 'bilinear' });
}

/** A model with a refiner, and where it is compiled. */
export interface Refiner {
  readonly store: ModelStore;
  readonly component: Component;
  readonly config: RefinedSamConfig;
}

/**
 * The mask of an answer to a prompt, at the size of the photo; undefined where neither points at anything.
 * @param answer its fit and its prompt are in pixels of the photo
 */
export async function refinedMask(
  { store, component, config }: Refiner,
  picture: Raster,
  { prompt, logits, fit }: PlacedLogits & { readonly prompt: SamPrompt },
): Promise<BinaryMask | undefined> {
  const share = picture.width / fit.original.width;
  const shown = scalePrompt(prompt, share);
  const { width, height } = picture;
  const answer = { logits, fit: { ...fit, original: { width, height } } };
  const extent = extentOf(shown, answer);
  if (!extent) return undefined;
  const window = windowAround(extent, picture);
  const { image_size: side } = config.refiner_config;
  const { fit: placed, ...feeds } = refineFeeds(picture, { window, prompt: shown, answer, side });
  using lease = await store.session({
    component,
    key: `refine ${side}`,
    build: (scope) => {
      const image = input('image', [1, 3, side, side]);
      const guide = input('guide', [1, guidePlanes, side / 2, side / 2]);
      return { mask: samRefiner(scope, { image, guide }, config) };
    },
  });
  const { mask } = await lease.value.run<'mask'>(feeds);
  const refined = { width: side / 2, height: side / 2, data: mask as Float32Array };
  return placeWindow(refined, placed, { window, size: fit.original, share: 1 / share });
}
