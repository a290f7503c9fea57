/**
 * The natural logarithm that the reference's sigma-to-timestep map was computed with: numpy's vectorised float32 log,
 * a rational approximation good to a few units in the last place. Fractional timesteps are compared and fed to networks
 * in float32, so agreeing with them to the last bit needs the same approximation.
 */

const { fround } = Math;

/** log(1 + y) = P(y)/Q(y) for 1+y in sqrt(1/2)..sqrt(2); highest power first. */
const numerator = [0.025899791179079226, 0.3808837741388408, 1.4800006335765066, 2.112677543073053, 1, 0].map(
  fround,
);
const denominator = [
  0.005875095403124574, 0.15464763749839067, 0.9864942958519419, 2.453006071784736, 2.6126775430731093, 1,
].map(fround);
const halfRoot = fround(Math.SQRT1_2);
const ln2 = fround(Math.LN2);

/** Horner's rule with one rounding to float32 per fused multiply-add. */
function polynomial(coefficients: readonly number[], y: number): number {
  return coefficients.reduce((sum, coefficient) => fround(sum * y + coefficient));
}

/** log(x) in float32 for a positive, normal float32 x. */
export function float32Log(x: number): number {
  let exponent = Math.floor(Math.log2(x)) + 1;
  let mantissa = x / 2 ** exponent; // 1/2 <= mantissa < 1
  if (mantissa >= 1) {
    mantissa /= 2;
    exponent += 1;
  } else if (mantissa < 0.5) {
    mantissa *= 2;
    exponent -= 1;
  }
  if (mantissa <= halfRoot) {
    mantissa *= 2;
    exponent -= 1;
  }
  const y = fround(mantissa - 1);
  return fround(exponent * ln2 + fround(polynomial(numerator, y) / polynomial(denominator, y)));
}
