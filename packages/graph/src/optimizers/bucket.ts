/** Small tensors as one vector: an update rule works element by element, and a node costs more than a small update. */
import { concat, reshape, split } from '../ops/movement.ts';
import { type Shape, sizeOf } from '../shape.ts';
import type { Value } from '../value.ts';

/** Elements of a bucket: few enough that what an update reads stays in the processor's cache. */
const bucketSize = 2 ** 17;

/** Groups the indices of `shapes` so that each group has at most {@link bucketSize} elements, or one member. */
export function buckets(shapes: readonly Shape[]): number[][] {
  const alone: number[][] = [];
  const shared: number[][] = [];
  let room = 0;
  shapes.forEach((shape, index) => {
    const size = sizeOf(shape);
    if (size > bucketSize) {
      alone.push([index]);
      return;
    }
    if (size > room || shared.length === 0) {
      shared.push([]);
      room = bucketSize;
    }
    shared.at(-1)?.push(index);
    room -= size;
  });
  return [...alone, ...shared];
}

/** All elements as one vector; a value that is alone stays as it is. */
export function pack(values: readonly Value[]): Value {
  const rows = values.length === 1 ? values : values.map((value) => reshape(value, [-1]));
  return concat(rows, 0);
}

/** What was {@link pack}ed, in its shapes again. */
export function unpack(packed: Value, shapes: readonly Shape[]): readonly Value[] {
  if (shapes.length === 1) return [packed];
  const parts = split(packed, shapes.map(sizeOf), 0);
  return parts.map((part, i) => reshape(part, shapes[i] as Shape));
}
