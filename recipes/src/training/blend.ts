/** Means of the weights of several runs, which often answer better than each run alone (Wortsman et al. 2022). */

/** Other weights that count in an export, beside the run's own. */
export interface Blend {
  /** Folder of the exported weights. */
  readonly folder: string;
  /** What the run's own weights count, in (0, 1]; the others count the rest. */
  readonly share: number;
}

/** The mean, where there is something to take it with. */
export function blended(own: Float32Array, other: Float32Array | undefined, share: number): Float32Array {
  if (!other) return own;
  if (other.length !== own.length)
    throw new TypeError(
      `expected weights of equal size to take the mean of, came ${own.length} and ${other.length}`,
    );
  return own.map((value, i) => share * value + (1 - share) * (other[i] as number));
}
