/** Rules for styles and sharpness, which change structure rather than colour. */
import { leastRatio, type Rule } from './rules-verdict.ts';
import { colourStatistics, edgeCorrelation, laplacianVariance } from './statistics.ts';

/** Grey lines on light paper, where the photo had edges. */
export const sketch: Rule = (before, after) => {
  const { meanChroma: chroma, meanL: l } = colourStatistics(after);
  const edges = edgeCorrelation(before, after);
  return { ok: chroma <= 5 && l >= 65 && edges >= 0.3, figures: { chroma, l, edges } };
};

/** Fine detail flattened while the main edges stay in place and the colours stay. */
export const painting: Rule = (before, after, _scene, request) => {
  const detail = laplacianVariance(after) / Math.max(1e-12, laplacianVariance(before));
  const edges = edgeCorrelation(before, after);
  const chroma = colourStatistics(after).meanChroma / Math.max(1e-6, colourStatistics(before).meanChroma);
  return {
    ok: detail <= leastRatio(0.7, request) && edges >= 0.5 && chroma >= 0.85,
    figures: { detail, edges, chroma },
  };
};

/** Fine detail gone. */
export const blur: Rule = (before, after, _scene, request) => {
  const detail = laplacianVariance(after) / Math.max(1e-12, laplacianVariance(before));
  return { ok: detail <= leastRatio(0.35, request), figures: { detail } };
};

/** More fine detail at the same lightness. */
export const sharpen: Rule = (before, after, _scene, request) => {
  const detail = laplacianVariance(after) / Math.max(1e-12, laplacianVariance(before));
  const l = colourStatistics(after).meanL - colourStatistics(before).meanL;
  return { ok: detail >= leastRatio(1.25, request) && Math.abs(l) <= 4, figures: { detail, l } };
};
