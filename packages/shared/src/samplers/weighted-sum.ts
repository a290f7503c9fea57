/** A coefficient and the array that it scales. */
export type Term = readonly [weight: number, values: Float32Array];

/**
 * Sum of weight·values over the terms, accumulated in double precision; all arrays have one length, the result is new.
 *
 * Terms of weight 0 are skipped, so that an unused array may hold infinities.
 * @throws TypeError when the lengths differ.
 */
export function weightedSum(...terms: readonly Term[]): Float32Array {
  const length = terms[0]?.[1].length ?? 0;
  const sums = new Float64Array(length);
  for (const [weight, values] of terms) {
    if (values.length !== length) {
      throw new TypeError(`weightedSum: expected ${length} values in every term, got ${values.length}`);
    }
    if (weight === 0) continue;
    for (let i = 0; i < length; i++) sums[i] = (sums[i] as number) + weight * (values[i] as number);
  }
  return Float32Array.from(sums);
}
