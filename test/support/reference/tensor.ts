/** The reference interpreter's arrays: everything is float64, whole numbers and truth values (0, 1) too. */

import type { Shape } from '@darkroom/graph/shape';
import type { Node } from '@darkroom/graph/value';

export interface Tensor {
  readonly shape: Shape;
  /** Row-major. */
  readonly data: Float64Array;
}

/** Computes all outputs of a node from its inputs. */
export type Kernel = (inputs: readonly Tensor[], node: Node) => readonly Tensor[];

/** Element `i`, which must exist: the reference never reads outside an array. */
export function at<T>(list: ArrayLike<T>, i: number): T {
  const element = list[i];
  if (element === undefined) throw new RangeError(`no element ${i} among ${list.length}`);
  return element;
}

export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const axis of shape) size *= axis;
  return size;
}

/** Row-major position of `index`. */
export function offsetOf(shape: Shape, index: readonly number[]): number {
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    const [size, i] = [at(shape, axis), at(index, axis)];
    if (i < 0 || i >= size) throw new RangeError(`index [${index}] is outside [${shape}]`);
    offset = offset * size + i;
  }
  return offset;
}

export function read(tensor: Tensor, index: readonly number[]): number {
  return at(tensor.data, offsetOf(tensor.shape, index));
}

/** Every index of a shape, last axis fastest. */
export function* indices(shape: Shape): Generator<number[]> {
  const size = sizeOf(shape);
  for (let position = 0; position < size; position++) {
    const index: number[] = [];
    let rest = position;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index.unshift(rest % at(shape, axis));
      rest = Math.floor(rest / at(shape, axis));
    }
    yield index;
  }
}

/** A tensor from a formula for the element at each index. */
export function generate(shape: Shape, element: (index: readonly number[]) => number): Tensor {
  const data = new Float64Array(sizeOf(shape));
  let position = 0;
  for (const index of indices(shape)) data[position++] = element(index);
  return { shape, data };
}

/** Adds to one element in place: only for tensors that a kernel has just made. */
export function accumulate(tensor: Tensor, index: readonly number[], amount: number): void {
  const offset = offsetOf(tensor.shape, index);
  tensor.data[offset] = at(tensor.data, offset) + amount;
}

/** Where broadcasting reads `shape` for `index` of a larger shape. */
export function broadcastIndex(shape: Shape, index: readonly number[]): number[] {
  const lead = index.length - shape.length;
  return shape.map((size, axis) => (size === 1 ? 0 : at(index, lead + axis)));
}

/** The element that broadcasting puts at `index` of a larger shape. */
export function readBroadcast(tensor: Tensor, index: readonly number[]): number {
  return read(tensor, broadcastIndex(tensor.shape, index));
}

export function broadcast(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const size = sizes.find((candidate) => candidate !== 1) ?? 1;
    if (sizes.some((candidate) => candidate !== 1 && candidate !== size))
      throw new RangeError('no broadcast');
    return size;
  });
}

export function numberOf(node: Node, attribute: string): number {
  const value = node.attributes[attribute];
  if (typeof value !== 'number') throw new TypeError(`${node.rule.op}: ${attribute} is no number`);
  return value;
}

export function numbersOf(node: Node, attribute: string): readonly number[] {
  const value = node.attributes[attribute];
  if (typeof value !== 'object') throw new TypeError(`${node.rule.op}: ${attribute} is no list`);
  return value;
}
