import { GraphError } from './graph-error.ts';

/** Static sizes of every axis, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, axis) => product * axis, 1);
}

/** Whether rank and every size agree. */
export function shapesEqual(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i]);
}

/** A shape as error messages show it, e.g. `[2, 3]`. */
export function showShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}

/**
 * The shape that both operands are expanded to (NumPy broadcasting).
 * @throws GraphError when an axis differs and neither side is 1.
 */
export function broadcastShapes(op: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const left = a[i - rank + a.length] ?? 1;
    const right = b[i - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw new GraphError(`${op}: shapes ${showShape(a)} and ${showShape(b)} do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}

/** Whether broadcasting makes `target` out of `shape`: never wider, and every axis 1 or equal. */
export function expandsTo(shape: Shape, target: Shape): boolean {
  const lead = target.length - shape.length;
  return lead >= 0 && shape.every((size, axis) => size === 1 || size === target[lead + axis]);
}

/** Turns a possibly negative axis into `0 … rank-1`. */
export function normalizeAxis(op: string, axis: number, rank: number): number {
  const normalized = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(normalized) || normalized < 0 || normalized >= rank) {
    throw new GraphError(`${op}: axis ${axis} is outside a value of rank ${rank}`);
  }
  return normalized;
}

/** The size of one axis; a missing axis is a programming error. */
export function axisSize(shape: Shape, axis: number): number {
  const size = shape.at(axis);
  if (size === undefined) throw new GraphError(`shape ${showShape(shape)} has no axis ${axis}`);
  return size;
}
