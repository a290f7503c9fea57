/** IEEE 754 half precision, rounded to nearest even. */
export function toFloat16Bits(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, halfBits);
}

function halfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7fffff;
  if (exponent >= 143) return sign | 0x7c00 | (fraction ? 0x200 : 0); // infinity or NaN
  if (exponent >= 31) return sign | 0x7c00;
  if (exponent <= 0) {
    if (exponent < -10) return sign;
    return sign | roundShift(fraction | 0x800000, 14 - exponent);
  }
  return sign | roundShift((exponent << 23) | fraction, 13);
}

/** `value >> by`, ties to even. */
function roundShift(value: number, by: number): number {
  const floor = value >>> by;
  const rest = value & ((1 << by) - 1);
  const half = 1 << (by - 1);
  return rest > half || (rest === half && floor & 1) ? floor + 1 : floor;
}
