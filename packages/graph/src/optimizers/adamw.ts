import { add, div, mul, pow, scale, shift, sqrt, square, sub } from '../ops/elementwise.ts';
import { scalar, type Value } from '../value.ts';
import type { Optimizer } from './optimizer.ts';

/** Hyper-parameters; defaults are PyTorch's. */
export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled: multiplies the parameter by `1 - learningRate * weightDecay`. */
  readonly weightDecay?: number;
}

/** `1 - beta^step` */
const biasCorrection = (beta: number, step: Value): Value => sub(scalar(1), pow(scalar(beta), step));

/**
 * AdamW (Loshchilov and Hutter 2019), with PyTorch's placing of epsilon. The moments are kept as plain decayed sums, their
 * factors 1 - beta moved into two scalars: fewer passes over memory, which is what an update costs.
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 1e-2 } = options;
  return {
    slots: ['first_moment', 'second_moment'],
    update: ({ step, learningRate, parameter, gradient, state }) => {
      const [first, second] = state as readonly [Value, Value];
      const m = add(scale(first, beta1), gradient);
      const v = add(scale(second, beta2), square(gradient));
      const stepSize = scale(div(learningRate, biasCorrection(beta1, step)), 1 - beta1);
      const rescale = sqrt(div(scalar(1 - beta2), biasCorrection(beta2, step)));
      const denominator = shift(mul(sqrt(v), rescale), epsilon);
      const decayed = mul(parameter, sub(scalar(1), scale(learningRate, weightDecay)));
      return { parameter: sub(decayed, mul(stepSize, div(m, denominator))), state: [m, v] };
    },
  };
}
