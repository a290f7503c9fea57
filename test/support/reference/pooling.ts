import { at, generate, type Kernel, numbersOf, offsetOf, type Tensor } from './tensor.ts';

export const pooling = {
  // The largest element of each window, and its position in the flat input; of equals the first.
  MaxPool: (inputs, node) => {
    const [x] = inputs as [Tensor];
    const [kernel, strides, dilations, pads] = ['kernel_shape', 'strides', 'dilations', 'pads'].map((key) =>
      numbersOf(node, key),
    ) as [number[], number[], number[], number[]];
    const size = [0, 1].map((i) => {
      const reach = at(dilations, i) * (at(kernel, i) - 1) + 1;
      return Math.floor((at(x.shape, 2 + i) + at(pads, i) + at(pads, i + 2) - reach) / at(strides, i)) + 1;
    });
    const shape = [at(x.shape, 0), at(x.shape, 1), ...size];
    const places = generate(shape, ([n, channel, row, column]) => {
      let best = -1;
      for (let i = 0; i < at(kernel, 0) * at(kernel, 1); i++) {
        const tap = [Math.floor(i / at(kernel, 1)), i % at(kernel, 1)];
        const [y, u] = [row, column].map(
          (window, axis) =>
            Number(window) * at(strides, axis) + at(tap, axis) * at(dilations, axis) - at(pads, axis),
        ) as [number, number];
        if (y < 0 || u < 0 || y >= at(x.shape, 2) || u >= at(x.shape, 3)) continue;
        const place = offsetOf(x.shape, [Number(n), Number(channel), y, u]);
        if (best < 0 || at(x.data, place) > at(x.data, best)) best = place;
      }
      return best;
    });
    return [{ shape, data: places.data.map((place) => at(x.data, place)) }, places];
  },
} as const satisfies Record<string, Kernel>;
