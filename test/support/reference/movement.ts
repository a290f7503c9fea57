import {
  accumulate,
  at,
  generate,
  indices,
  type Kernel,
  numberOf,
  numbersOf,
  read,
  type Tensor,
} from './tensor.ts';

/** Negative indices count from the end. */
const wrap = (index: number, size: number): number => (index < 0 ? index + size : index);

export const movement = {
  Reshape: ([x], node) => [{ shape: numbersOf(node, 'shape'), data: (x as Tensor).data }],
  Transpose: ([x], node) => {
    const source = x as Tensor;
    const permutation = numbersOf(node, 'perm');
    const shape = permutation.map((axis) => at(source.shape, axis));
    return [
      generate(shape, (index) =>
        read(
          source,
          source.shape.map((_, axis) => at(index, permutation.indexOf(axis))),
        ),
      ),
    ];
  },
  Concat: (inputs, node) => {
    const axis = numberOf(node, 'axis');
    const first = at(inputs, 0);
    const total = inputs.reduce((sum, { shape }) => sum + at(shape, axis), 0);
    return [
      generate(first.shape.with(axis, total), (index) => {
        let position = at(index, axis);
        for (const part of inputs) {
          const size = at(part.shape, axis);
          if (position < size) return read(part, index.with(axis, position));
          position -= size;
        }
        throw new RangeError(`Concat: nothing at [${index}]`);
      }),
    ];
  },
  Split: ([x], node) => {
    const source = x as Tensor;
    const axis = numberOf(node, 'axis');
    let start = 0;
    return numbersOf(node, 'sizes').map((size) => {
      const from = start;
      start += size;
      return generate(source.shape.with(axis, size), (index) => {
        return read(source, index.with(axis, from + at(index, axis)));
      });
    });
  },
  Slice: ([x], node) => {
    const source = x as Tensor;
    const [axes, starts, ends, steps] = ['axes', 'starts', 'ends', 'steps'].map((key) =>
      numbersOf(node, key),
    ) as [readonly number[], readonly number[], readonly number[], readonly number[]];
    const taken = source.shape.map((size, axis) => {
      const all = Array.from({ length: size }, (_, position) => position);
      const i = axes.indexOf(axis);
      if (i < 0) return all;
      return all.filter(
        (p) => p >= at(starts, i) && p < at(ends, i) && (p - at(starts, i)) % at(steps, i) === 0,
      );
    });
    const shape = taken.map((positions) => positions.length);
    return [
      generate(shape, (index) =>
        read(
          source,
          index.map((i, axis) => at(at(taken, axis), i)),
        ),
      ),
    ];
  },
  Pad: ([x], node) => {
    const source = x as Tensor;
    const pads = numbersOf(node, 'pads');
    const rank = source.shape.length;
    const shape = source.shape.map((size, axis) => size + at(pads, axis) + at(pads, axis + rank));
    return [
      generate(shape, (index) => {
        const from = index.map((i, axis) => i - at(pads, axis));
        return from.every((i, axis) => i >= 0 && i < at(source.shape, axis)) ? read(source, from) : 0;
      }),
    ];
  },
  Gather: (inputs, node) => {
    const [source, chosen] = inputs as [Tensor, Tensor];
    const axis = numberOf(node, 'axis');
    const rank = chosen.shape.length;
    return [
      generate(
        [...source.shape.slice(0, axis), ...chosen.shape, ...source.shape.slice(axis + 1)],
        (index) => {
          const row = wrap(read(chosen, index.slice(axis, axis + rank)), at(source.shape, axis));
          return read(source, [...index.slice(0, axis), row, ...index.slice(axis + rank)]);
        },
      ),
    ];
  },
  ScatterND: (inputs, node) => {
    const [base, rows, updates] = inputs as [Tensor, Tensor, Tensor];
    if (node.attributes['reduction'] !== 'add') throw new TypeError('ScatterND: only the sum is defined');
    const result = { shape: base.shape, data: base.data.slice() };
    const lead = rows.shape.length - 1;
    for (const index of indices(updates.shape)) {
      const row = wrap(read(rows, [...index.slice(0, lead), 0]), at(base.shape, 0));
      accumulate(result, [row, ...index.slice(lead)], read(updates, index));
    }
    return [result];
  },
} as const satisfies Record<string, Kernel>;
