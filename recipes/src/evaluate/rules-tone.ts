/** Rules for edits of tone and colour over the whole picture. */
import { hueDistance } from '../teachers/lab.ts';
import { least, leastRatio, type Rule } from './rules-verdict.ts';
import { colourStatistics, lightnessQuantile, lumaSimilarity, peakSignalToNoise } from './statistics.ts';

/** The picture must stay as it is. */
export const keep: Rule = (before, after) => {
  const psnr = peakSignalToNoise(before, after);
  return { ok: psnr >= 30, figures: { psnr } };
};

/** Practically no chroma (slight: at most half of what there was) and the luma structure kept. */
export const blackAndWhite: Rule = (before, after, _scene, request) => {
  const chroma = colourStatistics(after).meanChroma;
  const similarity = lumaSimilarity(before, after);
  const most = request.strength === 'slight' ? Math.max(5, 0.5 * colourStatistics(before).meanChroma) : 5;
  return { ok: chroma <= most && similarity >= 0.75, figures: { chroma, similarity } };
};

/** One warm brown hue at an even, moderate chroma, and the luma structure kept. */
export const sepia: Rule = (before, after, _scene, request) => {
  const tone = colourStatistics(after);
  const similarity = lumaSimilarity(before, after);
  const slight = request.strength === 'slight';
  const mostChromaSpread = slight ? Math.max(12, 0.75 * colourStatistics(before).stdChroma) : 12;
  const ok =
    tone.meanB >= least(8, request) &&
    hueDistance(tone.hue, 72) <= 28 &&
    tone.stdChroma <= mostChromaSpread &&
    (slight || tone.hueSpread <= 0.1) &&
    similarity >= 0.6;
  return {
    ok,
    figures: {
      b: tone.meanB,
      hue: tone.hue,
      hueSpread: tone.hueSpread,
      stdChroma: tone.stdChroma,
      similarity,
    },
  };
};

/** Faded: darkest tones lifted or the tonal range narrowed, a cast that is warmer or warm (b* 8), structure kept. */
export const vintage: Rule = (before, after, _scene, request) => {
  const first = colourStatistics(before);
  const second = colourStatistics(after);
  const lift = lightnessQuantile(after, 0.05) - lightnessQuantile(before, 0.05);
  const range = second.stdL / Math.max(1e-6, first.stdL);
  const b = second.meanB - first.meanB;
  const similarity = lumaSimilarity(before, after);
  const warm = b >= least(2, request) || second.meanB >= 8;
  const faded = lift >= least(3, request) || range <= leastRatio(0.92, request);
  return {
    ok: faded && warm && similarity >= 0.6,
    figures: { lift, range, b, similarity },
  };
};

/** Mean b* rises by 4. */
export const warmer: Rule = (before, after, _scene, request) => {
  const b = colourStatistics(after).meanB - colourStatistics(before).meanB;
  return { ok: b >= least(4, request), figures: { b } };
};

/** Mean b* falls by 4. */
export const cooler: Rule = (before, after, _scene, request) => {
  const b = colourStatistics(after).meanB - colourStatistics(before).meanB;
  return { ok: b <= -least(4, request), figures: { b } };
};

/** Mean L* rises by 5. */
export const brighter: Rule = (before, after, _scene, request) => {
  const l = colourStatistics(after).meanL - colourStatistics(before).meanL;
  return { ok: l >= least(5, request), figures: { l } };
};

/** Mean L* falls by 5. */
export const darker: Rule = (before, after, _scene, request) => {
  const l = colourStatistics(after).meanL - colourStatistics(before).meanL;
  return { ok: l <= -least(5, request), figures: { l } };
};

/** Spread of L* grows by 12 %. */
export const moreContrast: Rule = (before, after, _scene, request) => {
  const range = colourStatistics(after).stdL / Math.max(1e-6, colourStatistics(before).stdL);
  return { ok: range >= leastRatio(1.12, request), figures: { range } };
};

/** Spread of L* shrinks by 12 %. */
export const lessContrast: Rule = (before, after, _scene, request) => {
  const range = colourStatistics(after).stdL / Math.max(1e-6, colourStatistics(before).stdL);
  return { ok: range <= leastRatio(0.88, request), figures: { range } };
};

/** Mean chroma grows by 15 %. */
export const moreSaturated: Rule = (before, after, _scene, request) => {
  const chroma = colourStatistics(after).meanChroma / Math.max(1e-6, colourStatistics(before).meanChroma);
  return { ok: chroma >= leastRatio(1.15, request), figures: { chroma } };
};

/** Mean chroma shrinks by 20 %. */
export const muted: Rule = (before, after, _scene, request) => {
  const chroma = colourStatistics(after).meanChroma / Math.max(1e-6, colourStatistics(before).meanChroma);
  return { ok: chroma <= leastRatio(0.8, request), figures: { chroma } };
};
