/** Sharpness teachers. */
import { strengths } from '../edits.ts';
import { mapColours, read } from './colour-map.ts';
import { blurPixels } from './gaussian.ts';
import type { Teacher } from './scene.ts';

/** Gaussian blur of 2.2 % of the short side, at least one pixel. */
export const blur: Teacher = ({ image }, { strength }) =>
  blurPixels(image, Math.max(1, Math.min(image.width, image.height) * 0.022) * strengths[strength]);

/** Unsharp mask: the difference to a narrow blur is added back. */
export const sharpen: Teacher = ({ image }, { strength }) => {
  const amount = 1.1 * strengths[strength];
  const soft = blurPixels(image, Math.max(0.8, Math.min(image.width, image.height) * 0.006)).data;
  return mapColours(image, (colour, index) => {
    const at = index * 3;
    colour.r += amount * (colour.r - read(soft, at));
    colour.g += amount * (colour.g - read(soft, at + 1));
    colour.b += amount * (colour.b - read(soft, at + 2));
  });
};
