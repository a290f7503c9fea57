// Conversions between float32 and the storage types of safetensors.
import type { StoredTensor } from './safetensors-format.ts';

const HALF_VALUES = new Float32Array(65_536);
for (let bits = 0; bits < HALF_VALUES.length; bits++) HALF_VALUES[bits] = halfValue(bits);

/** Value of one IEEE 754 binary16 pattern: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The tensor's elements as float32: the very array for F32, a new one otherwise (64-bit types lose precision). */
export function toFloat32(tensor: StoredTensor): Float32Array {
  const { dtype, data } = tensor;
  if (data instanceof Float32Array) return data;
  if (data instanceof BigInt64Array) return Float32Array.from(data, Number);
  if (dtype === 'F16') return decodeHalf(data);
  if (dtype === 'BF16') return decodeBrain(data);
  return new Float32Array(data);
}

function decodeHalf(bits: ArrayLike<number>): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < values.length; i++) values[i] = HALF_VALUES[bits[i] as number] as number;
  return values;
}

/** bfloat16 is the upper half of a float32. */
function decodeBrain(bits: ArrayLike<number>): Float32Array {
  const values = new Float32Array(bits.length);
  const words = new Uint32Array(values.buffer);
  for (let i = 0; i < words.length; i++) words[i] = (bits[i] as number) << 16;
  return values;
}

/** Rounds float32 to binary16 bits, ties to even; beyond 65504 (after rounding) becomes infinity, NaN stays NaN. */
export function encodeHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
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
