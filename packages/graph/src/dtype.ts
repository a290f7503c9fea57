/** Element types of graph values, named as in ONNX. */
export type Dtype = 'float32' | 'float16' | 'int64' | 'int32' | 'bool';

/** Host arrays that can hold a constant. float16 values are given as float32 and narrowed when written. */
export type ConstantData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** Whether gradients can flow through values of this type. */
export function isFloat(dtype: Dtype): boolean {
  return dtype === 'float32' || dtype === 'float16';
}
