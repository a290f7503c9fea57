import type { EditId, EditRequest } from '../edits.ts';
import type { Pixels } from '../pixels.ts';
import type { Scene } from '../teachers/scene.ts';
import { recolourObject, removeObject, skyDramatic, skyOrange, skyPink } from './rules-region.ts';
import { blur, painting, sharpen, sketch } from './rules-structure.ts';
import * as tone from './rules-tone.ts';
import type { Rule, Verdict } from './rules-verdict.ts';
import { autumn, fog, night, snow, spring, sunset } from './rules-weather.ts';

/** One rule per edit, written before training and never tuned to a model. */
export const rules: Readonly<Record<EditId, Rule>> = {
  keep: tone.keep,
  black_and_white: tone.blackAndWhite,
  sepia: tone.sepia,
  vintage: tone.vintage,
  warmer: tone.warmer,
  cooler: tone.cooler,
  brighter: tone.brighter,
  darker: tone.darker,
  more_contrast: tone.moreContrast,
  less_contrast: tone.lessContrast,
  more_saturated: tone.moreSaturated,
  muted: tone.muted,
  night,
  sunset,
  snow,
  fog,
  autumn,
  spring,
  sketch,
  painting,
  blur,
  sharpen,
  sky_pink: skyPink,
  sky_orange: skyOrange,
  sky_dramatic: skyDramatic,
  recolour_object: recolourObject,
  remove_object: removeObject,
};

/** Judges an edited picture against the rule of the request; `scene.image` is the picture before. */
export function judge(scene: Scene, after: Pixels, request: EditRequest): Verdict {
  return rules[request.id](scene.image, after, scene, request);
}
