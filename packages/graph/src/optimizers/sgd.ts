import { add, mul, scale, sub } from '../ops/elementwise.ts';
import type { Value } from '../value.ts';
import type { Optimizer } from './optimizer.ts';

/** Stochastic gradient descent; with `momentum` the velocity is `momentum * velocity + gradient` as in PyTorch. */
export function sgd({ momentum = 0 }: { momentum?: number } = {}): Optimizer {
  if (momentum === 0) {
    return {
      slots: [],
      update: ({ learningRate, parameter, gradient }) => ({
        parameter: sub(parameter, mul(learningRate, gradient)),
        state: [],
      }),
    };
  }
  return {
    slots: ['velocity'],
    update: ({ learningRate, parameter, gradient, state }) => {
      const velocity = add(scale(state[0] as Value, momentum), gradient);
      return { parameter: sub(parameter, mul(learningRate, velocity)), state: [velocity] };
    },
  };
}
