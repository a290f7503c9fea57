// Float32 values of the storage types of safetensors.
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
