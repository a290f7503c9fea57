import { broadcast, generate, type Kernel, numberOf, readBroadcast, type Tensor } from './tensor.ts';

const mapped =
  (formula: (x: number) => number): Kernel =>
  ([x]) => {
    const { shape, data } = x as Tensor;
    return [{ shape, data: data.map(formula) }];
  };

const paired =
  (formula: (a: number, b: number) => number): Kernel =>
  (inputs) => {
    const [a, b] = inputs as [Tensor, Tensor];
    return [
      generate(broadcast(a.shape, b.shape), (index) =>
        formula(readBroadcast(a, index), readBroadcast(b, index)),
      ),
    ];
  };

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const truth = (condition: boolean): number => (condition ? 1 : 0);

/** erf x = 2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1)), whose terms all have one sign (Abramowitz and Stegun 7.1.6). */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

const integers = new Set(['int32', 'int64']);

export const elementwise = {
  Neg: mapped((x) => -x),
  Abs: mapped(Math.abs),
  Sign: mapped(Math.sign),
  Floor: mapped(Math.floor),
  Exp: mapped(Math.exp),
  Log: mapped(Math.log),
  Sqrt: mapped(Math.sqrt),
  Reciprocal: mapped((x) => 1 / x),
  Sin: mapped(Math.sin),
  Cos: mapped(Math.cos),
  Tanh: mapped(Math.tanh),
  Sigmoid: mapped(sigmoid),
  Softplus: mapped((x) => Math.log1p(Math.exp(-Math.abs(x))) + Math.max(x, 0)),
  Relu: mapped((x) => Math.max(x, 0)),
  Erf: mapped(erf),
  Gelu: mapped((x) => (x / 2) * (1 + erf(x * Math.SQRT1_2))),
  QuickGelu: (inputs, node) => {
    const alpha = Math.fround(numberOf(node, 'alpha'));
    return mapped((x) => x * sigmoid(alpha * x))(inputs, node);
  },
  Not: mapped((x) => truth(x === 0)),
  // Floating types stand for real numbers here: casting between them rounds nothing.
  Cast: (inputs, node) => {
    const { to } = node.attributes;
    if (to === 'bool') return mapped((x) => truth(x !== 0))(inputs, node);
    return mapped(integers.has(String(to)) ? Math.trunc : (x) => x)(inputs, node);
  },
  Add: paired((a, b) => a + b),
  Sub: paired((a, b) => a - b),
  Mul: paired((a, b) => a * b),
  Div: (inputs, node) => {
    const whole = integers.has(node.outputs[0]?.dtype ?? '');
    return paired((a, b) => (whole ? Math.trunc(a / b) : a / b))(inputs, node);
  },
  Pow: paired((a, b) => a ** b),
  Max: paired(Math.max),
  Min: paired(Math.min),
  Equal: paired((a, b) => truth(a === b)),
  Greater: paired((a, b) => truth(a > b)),
  Less: paired((a, b) => truth(a < b)),
  And: paired((a, b) => truth(a !== 0 && b !== 0)),
  Or: paired((a, b) => truth(a !== 0 || b !== 0)),
  Where: (inputs) => {
    const [condition, a, b] = inputs as [Tensor, Tensor, Tensor];
    return [
      generate(broadcast(condition.shape, a.shape, b.shape), (index) =>
        readBroadcast(readBroadcast(condition, index) !== 0 ? a : b, index),
      ),
    ];
  },
} as const satisfies Record<string, Kernel>;
