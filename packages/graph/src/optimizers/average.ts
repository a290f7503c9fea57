import { add, div, min, mul, shift, sub } from '../ops/elementwise.ts';
import { scalar, type Value } from '../value.ts';

/** Exponential moving average of a parameter; early on the decay is `(1 + step) / (10 + step)`, so that it warms up. */
export function movingAverage(average: Value, parameter: Value, step: Value, decay: number): Value {
  const current = min(scalar(decay), div(shift(step, 1), shift(step, 10)));
  return add(parameter, mul(current, sub(average, parameter)));
}
