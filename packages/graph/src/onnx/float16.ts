/** IEEE 754 half precision, rounded to nearest even: 65520 and beyond becomes infinity, NaN stays NaN. */
export function toFloat16Bits(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = halfBits(words[i] as number);
  return halves;
}

function halfBits(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fff_ffff;
  if (magnitude > 0x7f80_0000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x4780_0000) return sign | 0x7c00; // 65536 and beyond, infinity
  if (magnitude < 0x3300_0000) return sign; // below half of the least subnormal, 2^-25
  if (magnitude < 0x3880_0000) {
    // Subnormal: the 24-bit significand in units of 2^-24, so shift by 126 - biased exponent (14 to 24).
    const significand = (magnitude & 0x7f_ffff) | 0x80_0000;
    return sign | roundShift(significand, 126 - (magnitude >>> 23));
  }
  // Normal: rebias the exponent by 15 - 127; a carry out of the fraction moves up the exponent, to infinity last.
  return sign | roundShift(magnitude - 0x3800_0000, 13);
}

/** `value / 2^shift` rounded to the nearest integer, ties to even. */
function roundShift(value: number, shift: number): number {
  const odd = (value >>> shift) & 1;
  return (value + (1 << (shift - 1)) - 1 + odd) >>> shift;
}
