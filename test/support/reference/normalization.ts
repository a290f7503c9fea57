import { at, generate, type Kernel, numberOf, read, type Tensor } from './tensor.ts';

export const normalization = {
  // Over the last axis; also gives the mean and 1 / sqrt(variance + epsilon) of each row.
  LayerNormalization: (inputs, node) => {
    const [x, scale, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
    const epsilon = Math.fround(numberOf(node, 'epsilon'));
    const width = at(x.shape, x.shape.length - 1);
    const statistics = x.shape.with(-1, 1);
    const average = (index: readonly number[], term: (element: number) => number): number => {
      let total = 0;
      for (let i = 0; i < width; i++) total += term(read(x, index.with(-1, i)));
      return total / width;
    };
    const mean = generate(statistics, (index) => average(index, (element) => element));
    const inverseStd = generate(statistics, (index) => {
      const centre = read(mean, index);
      return 1 / Math.sqrt(average(index, (element) => (element - centre) ** 2) + epsilon);
    });
    const y = generate(x.shape, (index) => {
      const row = index.with(-1, 0);
      const channel = [at(index, index.length - 1)];
      const normalized = (read(x, index) - read(mean, row)) * read(inverseStd, row);
      return normalized * read(scale, channel) + (bias ? read(bias, channel) : 0);
    });
    return [y, mean, inverseStd];
  },
} as const satisfies Record<string, Kernel>;
