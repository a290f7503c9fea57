/** Rules for time of day, weather and season. */
import type { Pixels } from '../pixels.ts';
import { hueDistance, labOf } from '../teachers/lab.ts';
import { leafiness, leafWeights, plantness } from '../teachers/vegetation.ts';
import { least, leastRatio, type Rule } from './rules-verdict.ts';
import { type ColourStatistics, colourStatistics } from './statistics.ts';

interface Change {
  readonly before: ColourStatistics;
  readonly after: ColourStatistics;
  readonly l: number;
  readonly a: number;
  readonly b: number;
  /** Ratio of mean chroma. */
  readonly chroma: number;
  /** Ratio of the spread of L*. */
  readonly range: number;
}

function changeOf(before: Pixels, after: Pixels, weights?: Float32Array): Change {
  const first = colourStatistics(before, weights);
  const second = colourStatistics(after, weights);
  return {
    before: first,
    after: second,
    l: second.meanL - first.meanL,
    a: second.meanA - first.meanA,
    b: second.meanB - first.meanB,
    chroma: second.meanChroma / Math.max(1e-6, first.meanChroma),
    range: second.stdL / Math.max(1e-6, first.stdL),
  };
}

/** Much darker and bluer. */
export const night: Rule = (before, after, _scene, request) => {
  const change = changeOf(before, after);
  const blue = change.b <= -least(2, request) || change.after.meanB < 0;
  return { ok: change.l <= -least(15, request) && blue, figures: { l: change.l, b: change.b } };
};

/** Redder and yellower by a clear step, and not brighter than by 5 L*. */
export const sunset: Rule = (before, after, _scene, request) => {
  const { l, a, b } = changeOf(before, after);
  return { ok: a >= least(3, request) && b >= least(6, request) && l <= 5, figures: { l, a, b } };
};

/** Paler colours and more light. */
export const snow: Rule = (before, after, _scene, request) => {
  const { l, chroma } = changeOf(before, after);
  return { ok: chroma <= leastRatio(0.7, request) && l >= least(4, request), figures: { l, chroma } };
};

/** A narrower range of L* at a mean that isn't lower. */
export const fog: Rule = (before, after, _scene, request) => {
  const { l, range } = changeOf(before, after);
  return { ok: range <= leastRatio(0.8, request) && l >= 0, figures: { l, range } };
};

/** Where leaves were: a* rises by 12 and the hue moves at least 25° towards orange (60°). */
export const autumn: Rule = (before, after, _scene, request) => {
  const change = changeOf(before, after, leafWeights(labOf(before), leafiness));
  const turn = hueDistance(change.before.hue, 60) - hueDistance(change.after.hue, 60);
  return {
    ok: change.a >= least(12, request) && turn >= least(25, request),
    figures: { a: change.a, turn, hue: change.after.hue },
  };
};

/** Where plants were: chroma grows by 12 %, hue ends near fresh green (122°), and it is lighter. */
export const spring: Rule = (before, after, _scene, request) => {
  const change = changeOf(before, after, leafWeights(labOf(before), plantness));
  const hue = change.after.hue;
  const green =
    hueDistance(hue, 122) <= 18 || hueDistance(hue, 122) <= hueDistance(change.before.hue, 122) - 5;
  return {
    ok: change.chroma >= leastRatio(1.12, request) && green && change.l >= least(1.5, request),
    figures: { chroma: change.chroma, hue, l: change.l },
  };
};
