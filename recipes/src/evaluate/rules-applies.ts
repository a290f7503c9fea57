/** Which scenes make a fair case of which edit. */
import type { EditId } from '../edits.ts';
import { labOf } from '../teachers/lab.ts';
import type { Scene } from '../teachers/scene.ts';
import { coverage, hasSky } from '../teachers/sky.ts';
import { leafiness, leafWeights, plantness } from '../teachers/vegetation.ts';
import { type ColourStatistics, colourStatistics, laplacianVariance } from './statistics.ts';

type Condition = (scene: Scene, tone: ColourStatistics) => boolean;

const always: Condition = () => true;
const isColourful: Condition = (_scene, tone) => tone.meanChroma >= 6;
const hasRange: Condition = (_scene, tone) => tone.stdL >= 8;
const hasDetail: Condition = (scene) => laplacianVariance(scene.image) >= 1e-4;
const hasLight: Condition = (_scene, tone) => tone.meanL >= 30;
const hasObject: Condition = (scene) => scene.object !== undefined && coverage(scene.object.mask) >= 0.01;

/** Share of the picture under a weight on colours is at least 8 %. */
function hasPlants(scene: Scene, weigh: (a: number, b: number) => number): boolean {
  const weights = leafWeights(labOf(scene.image), weigh);
  return coverage({ width: scene.image.width, height: scene.image.height, data: weights }) >= 0.08;
}

function skyTone(scene: Scene): ColourStatistics {
  return colourStatistics(scene.image, scene.sky.data);
}

const conditions: Readonly<Record<EditId, Condition>> = {
  keep: always,
  black_and_white: isColourful,
  sepia: always,
  vintage: hasRange,
  warmer: (_scene, tone) => tone.meanL >= 20 && tone.meanB <= 40,
  cooler: (_scene, tone) => tone.meanL >= 20 && tone.meanB >= -35,
  brighter: (_scene, tone) => tone.meanL <= 82,
  darker: (_scene, tone) => tone.meanL >= 20,
  more_contrast: (_scene, tone) => tone.stdL >= 8 && tone.stdL <= 26,
  less_contrast: hasRange,
  more_saturated: (_scene, tone) => tone.meanChroma >= 6 && tone.meanChroma <= 45,
  muted: isColourful,
  night: hasLight,
  sunset: (_scene, tone) => tone.meanL >= 25 && tone.meanA <= 20 && tone.meanB <= 20,
  snow: (_scene, tone) => tone.meanChroma >= 6 && tone.meanL <= 76,
  fog: hasRange,
  autumn: (scene) => hasPlants(scene, leafiness),
  spring: (scene) => hasPlants(scene, plantness),
  sketch: hasDetail,
  painting: hasDetail,
  blur: hasDetail,
  sharpen: hasDetail,
  sky_pink: (scene) => hasSky(scene.sky) && skyTone(scene).meanA <= 15,
  sky_orange: (scene) => hasSky(scene.sky) && skyTone(scene).meanB <= 25 && skyTone(scene).meanA <= 15,
  sky_dramatic: (scene) => hasSky(scene.sky) && skyTone(scene).meanL >= 25,
  recolour_object: hasObject,
  remove_object: hasObject,
};

/**
 * Whether the scene has what the edit works on: leaves for autumn, a sky for the sky edits, an object of at least 1 %
 * of the picture, room to become brighter. Scenes without it are no fair case for training or for a rule.
 */
export function applies(id: EditId, scene: Scene): boolean {
  return conditions[id](scene, colourStatistics(scene.image));
}
