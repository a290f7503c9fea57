// What says how well texts fit a picture, whichever model does it.
import type { Raster } from '../image/raster.ts';

/** What a score is: the cosine of two vectors, or the probability that they belong together. */
export type SimilarityMeasure = 'cosine' | 'match';

/** A model that compares texts with pictures. */
export interface Similarity {
  /** Where the model lies. */
  readonly folder: string;
  readonly measure: SimilarityMeasure;
  /** One score for each text, in their order. */
  compare(raster: Raster, texts: readonly string[]): Promise<number[]>;
}

/** Rows of texts that a network is compiled for: few numbers serve all. */
export function rowsFor(texts: number): number {
  return 2 ** Math.ceil(Math.log2(texts));
}

/** The products of one unit vector [D] with many [N, D]. */
export function cosinesOf(one: Float32Array, many: Float32Array): number[] {
  return Array.from({ length: many.length / one.length }, (_, row) => {
    const start = row * one.length;
    const product = one.reduce((sum, value, i) => sum + value * (many[start + i] as number), 0);
    return Math.min(1, Math.max(-1, product));
  });
}
