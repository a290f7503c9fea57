import type { ConvOptions, ConvTransposeOptions, convolutionRules } from '@darkroom/graph/ops/convolution';
import { conv, convTranspose } from '@darkroom/graph/ops/convolution';
import { normal, type OpCase } from '../op-case.ts';

/** Shapes of the image and the weights. */
type Shapes = readonly [readonly number[], readonly number[]];

const convCase = (title: string, [x, w]: Shapes, options: ConvOptions = {}, bias = true): OpCase => ({
  title,
  feeds: [normal(...x), normal(...w), ...(bias ? [normal(w[0] as number)] : [])],
  build: (image, weight, offset) => conv(image, weight, offset, options),
});

const transposeCase = (
  title: string,
  [x, w]: Shapes,
  options: ConvTransposeOptions = {},
  bias = true,
): OpCase => ({
  title,
  feeds: [normal(...x), normal(...w), ...(bias ? [normal((w[1] as number) * (options.group ?? 1))] : [])],
  build: (image, weight, offset) => convTranspose(image, weight, offset, options),
});

export const convolutionCases = {
  Conv: [
    convCase(
      '3 × 3 that keeps the size',
      [
        [2, 3, 5, 4],
        [4, 3, 3, 3],
      ],
      { pads: [1, 1, 1, 1] },
    ),
    convCase(
      '3 × 3 without padding or bias',
      [
        [1, 2, 5, 6],
        [3, 2, 3, 3],
      ],
      {},
      false,
    ),
    convCase('1 × 1', [
      [2, 5, 3, 3],
      [4, 5, 1, 1],
    ]),
    convCase(
      '1 × 1 with stride 2',
      [
        [1, 3, 4, 5],
        [2, 3, 1, 1],
      ],
      { strides: [2, 2] },
    ),
    convCase(
      'stride 2 of an even size',
      [
        [2, 2, 6, 4],
        [3, 2, 3, 3],
      ],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    convCase(
      'stride 2 of an odd size',
      [
        [1, 2, 7, 5],
        [3, 2, 3, 3],
      ],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    convCase(
      'stride 2 padded after only',
      [
        [1, 2, 6, 6],
        [2, 2, 3, 3],
      ],
      { strides: [2, 2], pads: [0, 0, 1, 1] },
    ),
    convCase(
      'stride 3 that leaves rows unread',
      [
        [1, 2, 8, 7],
        [2, 2, 2, 2],
      ],
      { strides: [3, 3] },
    ),
    convCase(
      'stride 3 that leaves padding and rows unread',
      [
        [1, 1, 6, 7],
        [2, 1, 2, 2],
      ],
      {
        strides: [4, 3],
        pads: [1, 0, 1, 1],
      },
    ),
    convCase(
      'different strides and pads',
      [
        [1, 2, 7, 6],
        [2, 2, 3, 2],
      ],
      { strides: [1, 2], pads: [2, 0, 1, 1] },
    ),
    convCase(
      'padded by more than the kernel reaches',
      [
        [1, 1, 3, 3],
        [1, 1, 2, 2],
      ],
      { pads: [2, 2, 2, 2] },
    ),
    convCase(
      'dilated',
      [
        [1, 2, 7, 8],
        [2, 2, 3, 3],
      ],
      { dilations: [2, 3], pads: [2, 3, 2, 3] },
    ),
    convCase(
      'dilated with stride',
      [
        [1, 2, 9, 8],
        [2, 2, 3, 2],
      ],
      { dilations: [2, 3], strides: [2, 2], pads: [1, 1, 2, 0] },
    ),
    convCase(
      'in groups',
      [
        [2, 4, 4, 5],
        [6, 2, 3, 3],
      ],
      { group: 2, pads: [1, 1, 1, 1] },
    ),
    convCase(
      'in groups with stride 2',
      [
        [2, 4, 6, 6],
        [2, 2, 3, 3],
      ],
      { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    convCase(
      'depthwise',
      [
        [1, 3, 5, 5],
        [3, 1, 3, 3],
      ],
      { group: 3, pads: [1, 1, 1, 1] },
      false,
    ),
    convCase(
      'patches',
      [
        [2, 3, 8, 8],
        [5, 3, 4, 4],
      ],
      { strides: [4, 4] },
    ),
    convCase('of a kernel as large as the image', [
      [2, 2, 3, 4],
      [3, 2, 3, 4],
    ]),
  ],
  ConvTranspose: [
    transposeCase(
      'stride 1',
      [
        [2, 3, 3, 4],
        [3, 2, 3, 3],
      ],
      { pads: [1, 1, 1, 1] },
    ),
    transposeCase(
      'stride 2 without bias',
      [
        [1, 2, 3, 3],
        [2, 3, 2, 2],
      ],
      { strides: [2, 2] },
      false,
    ),
    transposeCase(
      'stride 2 padded',
      [
        [2, 2, 3, 4],
        [2, 3, 4, 4],
      ],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    transposeCase(
      'with output padding',
      [
        [1, 2, 3, 4],
        [2, 3, 3, 3],
      ],
      {
        strides: [2, 2],
        pads: [1, 1, 1, 1],
        outputPadding: [1, 1],
      },
    ),
    transposeCase(
      'with output padding on one axis',
      [
        [1, 2, 3, 2],
        [2, 1, 2, 3],
      ],
      {
        strides: [3, 2],
        pads: [0, 1, 1, 0],
        outputPadding: [2, 0],
      },
    ),
    transposeCase(
      'dilated',
      [
        [1, 2, 3, 3],
        [2, 2, 3, 2],
      ],
      { dilations: [2, 3], strides: [2, 1] },
    ),
    transposeCase(
      'in groups',
      [
        [2, 4, 3, 3],
        [4, 3, 3, 3],
      ],
      { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] },
    ),
    transposeCase(
      'depthwise',
      [
        [1, 3, 3, 3],
        [3, 1, 3, 3],
      ],
      { group: 3, strides: [2, 2], pads: [1, 1, 0, 0] },
    ),
  ],
} as const satisfies Record<keyof typeof convolutionRules, readonly OpCase[]>;
