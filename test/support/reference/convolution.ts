import type { Node } from '@darkroom/graph/value';
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

interface Tap {
  /** Position in the strided image, which Conv writes and ConvTranspose reads. */
  readonly small: readonly [number, number];
  /** Position in the full image; may lie in the padding. */
  readonly large: readonly [number, number];
  readonly kernel: readonly [number, number];
}

/** Every meeting of a window with a kernel element: large = small · stride + kernel · dilation - pad. */
function* taps(small: readonly number[], kernel: readonly number[], node: Node): Generator<Tap> {
  const [strides, dilations, pads] = ['strides', 'dilations', 'pads'].map((key) => numbersOf(node, key)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const place = (window: number, element: number, i: number): number =>
    window * at(strides, i) + element * at(dilations, i) - at(pads, i);
  for (const [y, x, row, column] of indices([...small, ...kernel]) as Iterable<
    [number, number, number, number]
  >) {
    yield { small: [y, x], large: [place(y, row, 0), place(x, column, 1)], kernel: [row, column] };
  }
}

const inside = ([y, x]: readonly [number, number], image: Tensor): boolean =>
  y >= 0 && x >= 0 && y < at(image.shape, 2) && x < at(image.shape, 3);

/** The number of rows (0) or columns (1) that a kernel element reaches beyond its first. */
const reachOf = (kernel: readonly number[], node: Node, i: number): number =>
  at(numbersOf(node, 'dilations'), i) * (at(kernel, i) - 1);

function withBias(shape: readonly number[], bias: Tensor | undefined): Tensor {
  return generate(shape, ([, channel]) => (bias ? at(bias.data, channel as number) : 0));
}

export const convolution = {
  Conv: (inputs, node) => {
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const [filters, perGroup, ...kernel] = w.shape as [number, number, number, number];
    const pads = numbersOf(node, 'pads');
    const size = [0, 1].map((i) => {
      const room = at(x.shape, 2 + i) + at(pads, i) + at(pads, i + 2) - reachOf(kernel, node, i) - 1;
      return Math.floor(room / at(numbersOf(node, 'strides'), i)) + 1;
    });
    const filtersPerGroup = filters / numberOf(node, 'group');
    const y = withBias([at(x.shape, 0), filters, ...size], bias);
    for (const tap of taps(size, kernel, node)) {
      if (!inside(tap.large, x)) continue;
      for (const [n, filter, c] of indices([at(x.shape, 0), filters, perGroup]) as Iterable<
        [number, number, number]
      >) {
        const channel = Math.floor(filter / filtersPerGroup) * perGroup + c;
        const product = read(x, [n, channel, ...tap.large]) * read(w, [filter, c, ...tap.kernel]);
        accumulate(y, [n, filter, ...tap.small], product);
      }
    }
    return [y];
  },
  ConvTranspose: (inputs, node) => {
    const [x, w, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const [filters, perGroup, ...kernel] = w.shape as [number, number, number, number];
    const [pads, strides, extra] = [
      numbersOf(node, 'pads'),
      numbersOf(node, 'strides'),
      numbersOf(node, 'output_padding'),
    ];
    const small = x.shape.slice(2);
    const size = [0, 1].map((i) => {
      const covered = (at(small, i) - 1) * at(strides, i) + reachOf(kernel, node, i) + 1;
      return covered + at(extra, i) - at(pads, i) - at(pads, i + 2);
    });
    const group = numberOf(node, 'group');
    const y = withBias([at(x.shape, 0), perGroup * group, ...size], bias);
    for (const tap of taps(small, kernel, node)) {
      if (!inside(tap.large, y)) continue;
      for (const [n, filter, c] of indices([at(x.shape, 0), filters, perGroup]) as Iterable<
        [number, number, number]
      >) {
        const channel = Math.floor(filter / (filters / group)) * perGroup + c;
        const product = read(x, [n, filter, ...tap.small]) * read(w, [filter, c, ...tap.kernel]);
        accumulate(y, [n, channel, ...tap.large], product);
      }
    }
    return [y];
  },
} as const satisfies Record<string, Kernel>;
