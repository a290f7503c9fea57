import type { Node } from '@darkroom/graph/value';
import { at, generate, type Kernel, numberOf, numbersOf, type Tensor } from './tensor.ts';

/** What a Conv links, seen from either side: large [N, C, H, W] -> small [N, O, H', W'] by weights [O, C/group, kh, kw]. */
interface Link {
  readonly large: Tensor;
  readonly small: Tensor;
  readonly weights: Tensor;
}

/** The number of rows (0) or columns (1) that a kernel reaches beyond its first element. */
function reachOf(weights: Tensor, node: Node, i: number): number {
  return at(numbersOf(node, 'dilations'), i) * (at(weights.shape, 2 + i) - 1);
}

/** Pairs (window, kernel element, position in the large image) of one axis; positions in the padding are left out. */
function meetings({ large, small, weights }: Link, node: Node, i: number): [number, number, number][] {
  const [stride, dilation, pad] = ['strides', 'dilations', 'pads'].map((key) => at(numbersOf(node, key), i));
  const found: [number, number, number][] = [];
  for (let window = 0; window < at(small.shape, 2 + i); window++) {
    for (let element = 0; element < at(weights.shape, 2 + i); element++) {
      const position = window * Number(stride) + element * Number(dilation) - Number(pad);
      if (position >= 0 && position < at(large.shape, 2 + i)) found.push([window, element, position]);
    }
  }
  return found;
}

/** Visits every product of a convolution as offsets into the three arrays. */
function visit(
  link: Link,
  node: Node,
  product: (large: number, small: number, weight: number) => void,
): void {
  const [batch, channels, height, width] = link.large.shape as [number, number, number, number];
  const [, filters, rows, columns] = link.small.shape as [number, number, number, number];
  const [, perGroup, kernelRows, kernelColumns] = link.weights.shape as [number, number, number, number];
  const filtersPerGroup = filters / numberOf(node, 'group');
  const [vertical, horizontal] = [meetings(link, node, 0), meetings(link, node, 1)];
  for (let n = 0; n < batch; n++) {
    for (let filter = 0; filter < filters; filter++) {
      for (let c = 0; c < perGroup; c++) {
        const channel = Math.floor(filter / filtersPerGroup) * perGroup + c;
        for (const [y, row, imageRow] of vertical) {
          for (const [x, column, imageColumn] of horizontal) {
            product(
              ((n * channels + channel) * height + imageRow) * width + imageColumn,
              ((n * filters + filter) * rows + y) * columns + x,
              ((filter * perGroup + c) * kernelRows + row) * kernelColumns + column,
            );
          }
        }
      }
    }
  }
}

function withBias(shape: readonly number[], bias: Tensor | undefined): Tensor {
  return generate(shape, ([, channel]) => (bias ? at(bias.data, Number(channel)) : 0));
}

export const convolution = {
  Conv: (inputs, node) => {
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const pads = numbersOf(node, 'pads');
    const size = [0, 1].map((i) => {
      const room = at(x.shape, 2 + i) + at(pads, i) + at(pads, i + 2) - reachOf(w, node, i) - 1;
      return Math.floor(room / at(numbersOf(node, 'strides'), i)) + 1;
    });
    const y = withBias([at(x.shape, 0), at(w.shape, 0), ...size], bias);
    visit({ large: x, small: y, weights: w }, node, (large, small, weight) => {
      y.data[small] = at(y.data, small) + at(x.data, large) * at(w.data, weight);
    });
    return [y];
  },
  ConvTranspose: (inputs, node) => {
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const [pads, strides] = [numbersOf(node, 'pads'), numbersOf(node, 'strides')];
    const size = [0, 1].map((i) => {
      const covered = (at(x.shape, 2 + i) - 1) * at(strides, i) + reachOf(w, node, i) + 1;
      return covered + at(numbersOf(node, 'output_padding'), i) - at(pads, i) - at(pads, i + 2);
    });
    const y = withBias([at(x.shape, 0), at(w.shape, 1) * numberOf(node, 'group'), ...size], bias);
    visit({ large: y, small: x, weights: w }, node, (large, small, weight) => {
      y.data[large] = at(y.data, large) + at(x.data, small) * at(w.data, weight);
    });
    return [y];
  },
} as const satisfies Record<string, Kernel>;
