import type { Node } from '@darkroom/graph/value';
import {
  broadcast,
  generate,
  indices,
  type Kernel,
  numberOf,
  numbersOf,
  read,
  readBroadcast,
  type Tensor,
} from './tensor.ts';

/** All elements that fold into one, for each element of the result. */
function fold(x: Tensor, axes: readonly number[], combine: (elements: readonly number[]) => number): Tensor {
  const folded = x.shape.map((size, axis) => (axes.includes(axis) ? size : 1));
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return generate(kept, (index) => {
    const elements: number[] = [];
    for (const inner of indices(folded))
      elements.push(
        read(
          x,
          index.map((i, axis) => i + (inner[axis] as number)),
        ),
      );
    return combine(elements);
  });
}

const sum = (elements: readonly number[]): number => elements.reduce((total, element) => total + element, 0);

const reduce =
  (combine: (elements: readonly number[]) => number): Kernel =>
  ([x], node) => {
    const axes = numbersOf(node, 'axes');
    const kept = fold(x as Tensor, axes, combine);
    if (numberOf(node, 'keepdims') === 1) return [kept];
    return [{ shape: kept.shape.filter((_, axis) => !axes.includes(axis)), data: kept.data }];
  };

/** log Σ exp over one axis, that axis kept. */
function logSumExp(x: Tensor, axis: number): Tensor {
  return fold(x, [axis], (elements) => {
    const top = Math.max(...elements);
    return top + Math.log(sum(elements.map((element) => Math.exp(element - top))));
  });
}

function logSoftmax(x: Tensor, axis: number): Tensor {
  const total = logSumExp(x, axis);
  return generate(x.shape, (index) => read(x, index) - readBroadcast(total, index));
}

/** exp(x - log Σ exp x) over one axis. */
export function softmax(x: Tensor, axis: number): Tensor {
  const { shape, data } = logSoftmax(x, axis);
  return { shape, data: data.map(Math.exp) };
}

const axisOf = (node: Node): number => numberOf(node, 'axis');

export const reduction = {
  ReduceSum: reduce(sum),
  ReduceMean: reduce((elements) => sum(elements) / elements.length),
  ReduceMax: reduce((elements) => Math.max(...elements)),
  ReduceMin: reduce((elements) => Math.min(...elements)),
  ArgMax: ([x], node) => {
    const kept = fold(x as Tensor, [axisOf(node)], (elements) => elements.indexOf(Math.max(...elements)));
    return [{ shape: kept.shape.toSpliced(axisOf(node), 1), data: kept.data }];
  },
  Expand: ([x], node) => {
    const source = x as Tensor;
    return [
      generate(broadcast(source.shape, numbersOf(node, 'shape')), (index) => readBroadcast(source, index)),
    ];
  },
  Softmax: ([x], node) => [softmax(x as Tensor, axisOf(node))],
  LogSoftmax: ([x], node) => [logSoftmax(x as Tensor, axisOf(node))],
} as const satisfies Record<string, Kernel>;
