import type { EditId, EditRequest } from '../edits.ts';
import type { Pixels } from '../pixels.ts';
import { fog, night, sunset } from './atmosphere.ts';
import { painting, sketch } from './drawing.ts';
import { blur, sharpen } from './focus.ts';
import { recolourObject, removeObject } from './object-edits.ts';
import type { Scene, Teacher } from './scene.ts';
import { autumn, snow, spring } from './season.ts';
import { skyDramatic, skyOrange, skyPink } from './sky-edits.ts';
import {
  blackAndWhite,
  brighter,
  cooler,
  darker,
  keep,
  lessContrast,
  moreContrast,
  moreSaturated,
  muted,
  sepia,
  vintage,
  warmer,
} from './tone.ts';

/** One teacher per edit. */
export const teachers: Readonly<Record<EditId, Teacher>> = {
  keep,
  black_and_white: blackAndWhite,
  sepia,
  vintage,
  warmer,
  cooler,
  brighter,
  darker,
  more_contrast: moreContrast,
  less_contrast: lessContrast,
  more_saturated: moreSaturated,
  muted,
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

/** Edits a scene as the request asks. */
export function teach(scene: Scene, request: EditRequest): Pixels {
  return teachers[request.id](scene, request);
}
