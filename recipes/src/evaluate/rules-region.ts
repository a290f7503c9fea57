/** Rules for edits of the sky or of one object: the region changes as asked, the rest stays. */
import type { ColourId } from '../edits.ts';
import type { Mask, Pixels } from '../pixels.ts';
import { hueDistance } from '../teachers/lab.ts';
import { namedColours } from '../teachers/object-edits.ts';
import { requireObject } from '../teachers/scene.ts';
import { least, leastRatio, type Rule } from './rules-verdict.ts';
import { colourStatistics, meanDifference, outsideOf } from './statistics.ts';

/** Largest mean ΔE (CIE76) outside the edited region. */
const mostOutside = 6;

function outsideDifference(before: Pixels, after: Pixels, mask: Mask): number {
  return meanDifference(before, after, outsideOf(mask));
}

/** a* of the sky rises by 6 and ends above b*: pink rather than orange. */
export const skyPink: Rule = (before, after, scene, request) => {
  const second = colourStatistics(after, scene.sky.data);
  const a = second.meanA - colourStatistics(before, scene.sky.data).meanA;
  const outside = outsideDifference(before, after, scene.sky);
  return {
    ok: a >= least(6, request) && second.meanA > second.meanB && outside <= mostOutside,
    figures: { a, endA: second.meanA, endB: second.meanB, outside },
  };
};

/** a* of the sky rises by 3 and b* by 6 to at least 8: orange rather than pink. */
export const skyOrange: Rule = (before, after, scene, request) => {
  const first = colourStatistics(before, scene.sky.data);
  const second = colourStatistics(after, scene.sky.data);
  const a = second.meanA - first.meanA;
  const b = second.meanB - first.meanB;
  const outside = outsideDifference(before, after, scene.sky);
  const orange = a >= least(3, request) && b >= least(6, request) && second.meanB >= least(8, request);
  return { ok: orange && outside <= mostOutside, figures: { a, b, endB: second.meanB, outside } };
};

/** L* of the sky falls by 5 or its spread grows by 20 %. */
export const skyDramatic: Rule = (before, after, scene, request) => {
  const first = colourStatistics(before, scene.sky.data);
  const second = colourStatistics(after, scene.sky.data);
  const l = second.meanL - first.meanL;
  const range = second.stdL / Math.max(1e-6, first.stdL);
  const outside = outsideDifference(before, after, scene.sky);
  const stormy = l <= -least(5, request) || range >= leastRatio(1.2, request);
  return { ok: stormy && outside <= mostOutside, figures: { l, range, outside } };
};

/** The object's mean colour bears the name: hue within 40°, or for white and black lightness with little chroma. */
export const recolourObject: Rule = (before, after, scene, request) => {
  const { mask } = requireObject(scene, request);
  if (request.colour === undefined) throw new TypeError('request.colour: expected a colour name, got none');
  const tone = colourStatistics(after, mask.data);
  const chroma = Math.hypot(tone.meanA, tone.meanB);
  const outside = outsideDifference(before, after, mask);
  const named = bearsName(request.colour, { l: tone.meanL, chroma, hue: tone.hue });
  return { ok: named && outside <= mostOutside, figures: { l: tone.meanL, chroma, hue: tone.hue, outside } };
};

function bearsName(colour: ColourId, tone: { l: number; chroma: number; hue: number }): boolean {
  if (colour === 'white') return tone.l >= 65 && tone.chroma <= 15;
  if (colour === 'black') return tone.l <= 35 && tone.chroma <= 15;
  const { a, b } = namedColours[colour];
  const hue = (Math.atan2(b, a) * 180) / Math.PI;
  return tone.chroma >= 10 && hueDistance(tone.hue, hue) <= 40;
}

/** The error to the picture without the object falls to half or less inside the object. */
export const removeObject: Rule = (before, after, scene, request) => {
  const { mask, background } = requireObject(scene, request);
  const left = meanDifference(background, after, mask.data);
  const ratio = left / Math.max(1e-6, meanDifference(background, before, mask.data));
  const outside = outsideDifference(before, after, mask);
  return { ok: ratio <= 0.5 && outside <= mostOutside, figures: { left, ratio, outside } };
};
