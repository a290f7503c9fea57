/** Element-by-element ops. Formulas above the rules: `g` is the cotangent of the output `y`. */
import { type Dtype, isFloat } from '../dtype.ts';
import { GraphError } from '../graph-error.ts';
import { broadcastShapes } from '../shape.ts';
import { apply, type Node, type OpRule, scalar, showType, type Value, type ValueType } from '../value.ts';

type UnaryVjp = (x: Value, y: Value, g: Value, node: Node) => Value;
type BinaryVjp = (a: Value, b: Value, g: Value, y: Value) => readonly [Value | undefined, Value | undefined];

function unary(op: string, vjp?: UnaryVjp): OpRule {
  return {
    op,
    infer: ([x]) => [floating(op, x)],
    ...(vjp && {
      vjp: (node: Node, [g]: readonly (Value | undefined)[]) => [
        g && vjp(node.inputs[0] as Value, node.outputs[0] as Value, g, node),
      ],
    }),
  };
}

function arithmetic(op: string, vjp: BinaryVjp): OpRule {
  return {
    op,
    infer: (inputs) => [broadcastPair(op, 'numbers', inputs)],
    vjp: (node, [g]) =>
      g ? vjp(node.inputs[0] as Value, node.inputs[1] as Value, g, node.outputs[0] as Value) : [],
  };
}

function predicate(op: string, takes: Operands): OpRule {
  return { op, infer: (inputs) => [{ ...broadcastPair(op, takes, inputs), dtype: 'bool' }] };
}

type Operands = 'numbers' | 'truths' | 'both';

function broadcastPair(op: string, takes: Operands, [a, b]: readonly Value[]): ValueType {
  const [left, right] = [present(op, a), present(op, b)];
  const shown = `${showType(left)} with ${showType(right)}`;
  if (left.dtype !== right.dtype) throw new GraphError(`${op}: ${shown}`);
  if (takes === 'truths' && left.dtype !== 'bool') throw new GraphError(`${op}: expected bool, got ${shown}`);
  if (takes === 'numbers' && left.dtype === 'bool') {
    throw new GraphError(`${op}: expected numbers, got ${shown}`);
  }
  return { dtype: left.dtype, shape: broadcastShapes(op, left.shape, right.shape) };
}

/** The value itself, or an error naming the op that lacks it. */
export function present(op: string, value: Value | undefined): Value {
  if (value === undefined) throw new GraphError(`${op}: an input is missing`);
  return value;
}

/** The type of a value that must be float32 or float16. */
export function floating(op: string, value: Value | undefined): ValueType {
  const x = present(op, value);
  if (!isFloat(x.dtype)) throw new GraphError(`${op}: expected a floating type, got ${showType(x)}`);
  return { dtype: x.dtype, shape: x.shape };
}

const like = (x: Value, value: number): Value => scalar(value, x.dtype);
const twoOverSqrtPi = 2 / Math.sqrt(Math.PI);

/** Rows of the op table. */
export const elementwiseRules = {
  Neg: unary('Neg', (_x, _y, g) => neg(g)),
  // d|x| = sign(x) dx
  Abs: unary('Abs', (x, _y, g) => mul(g, sign(x))),
  Sign: unary('Sign'),
  Floor: unary('Floor'),
  Exp: unary('Exp', (_x, y, g) => mul(g, y)),
  Log: unary('Log', (x, _y, g) => div(g, x)),
  // d sqrt(x) = dx / (2 y)
  Sqrt: unary('Sqrt', (x, y, g) => div(mul(g, like(x, 0.5)), y)),
  // d(1/x) = -y² dx
  Reciprocal: unary('Reciprocal', (_x, y, g) => neg(mul(g, mul(y, y)))),
  Sin: unary('Sin', (x, _y, g) => mul(g, cos(x))),
  Cos: unary('Cos', (x, _y, g) => neg(mul(g, sin(x)))),
  // d tanh = 1 - y²
  Tanh: unary('Tanh', (x, y, g) => mul(g, sub(like(x, 1), mul(y, y)))),
  // d sigmoid = y (1 - y)
  Sigmoid: unary('Sigmoid', (x, y, g) => mul(g, mul(y, sub(like(x, 1), y)))),
  // d softplus = sigmoid
  Softplus: unary('Softplus', (x, _y, g) => mul(g, sigmoid(x))),
  Relu: unary('Relu', (x, _y, g) => where(greater(x, like(x, 0)), g, like(x, 0))),
  // d erf = 2/sqrt(pi) exp(-x²)
  Erf: unary('Erf', (x, _y, g) => mul(g, mul(like(x, twoOverSqrtPi), exp(neg(mul(x, x)))))),
  // y = x F(x), F and f the normal distribution and its density; dy = F + x f
  Gelu: unary('Gelu', (x, _y, g) => {
    const share = scale(shift(erf(scale(x, Math.SQRT1_2)), 1), 0.5);
    const density = scale(exp(scale(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return mul(g, add(share, mul(x, density)));
  }),
  // y = x s with s = sigmoid(alpha x) (alpha 1: SiLU); dy = alpha y + s (1 - alpha y)
  QuickGelu: unary('QuickGelu', (x, y, g, node) => {
    const alpha = node.attributes['alpha'] as number;
    const scaled = (value: Value): Value => (alpha === 1 ? value : mul(value, like(x, alpha)));
    const slope = scaled(y);
    return mul(g, add(slope, mul(sigmoid(scaled(x)), sub(like(x, 1), slope))));
  }),
  Not: {
    op: 'Not',
    infer: ([x]) => {
      const value = present('Not', x);
      if (value.dtype !== 'bool') throw new GraphError(`Not: expected bool, got ${showType(value)}`);
      return [{ dtype: 'bool', shape: value.shape }];
    },
  } satisfies OpRule,
  Cast: {
    op: 'Cast',
    infer: ([x], attributes) => [{ dtype: attributes['to'] as Dtype, shape: present('Cast', x).shape }],
    vjp: (node, [g]) => {
      const source = (node.inputs[0] as Value).dtype;
      return [g && isFloat(source) ? cast(g, source) : undefined];
    },
  } satisfies OpRule,
  Add: arithmetic('Add', (_a, _b, g) => [g, g]),
  Sub: arithmetic('Sub', (_a, _b, g) => [g, neg(g)]),
  Mul: arithmetic('Mul', (a, b, g) => [mul(g, b), mul(g, a)]),
  // d(a/b) = da/b - y db/b
  Div: arithmetic('Div', (_a, b, g, y) => [div(g, b), neg(div(mul(g, y), b))]),
  // d(a^b) = b a^(b-1) da + y log(a) db
  Pow: arithmetic('Pow', (a, b, g, y) => [
    mul(g, mul(b, pow(a, sub(b, like(b, 1))))),
    b.node.rule.op === 'Constant' ? undefined : mul(g, mul(y, log(a))),
  ]),
  // A tie sends the cotangent to the first operand, so that it is counted once.
  Max: arithmetic('Max', (a, b, g) => {
    const second = less(a, b);
    return [where(second, like(g, 0), g), where(second, g, like(g, 0))];
  }),
  Min: arithmetic('Min', (a, b, g) => {
    const second = greater(a, b);
    return [where(second, like(g, 0), g), where(second, g, like(g, 0))];
  }),
  Equal: predicate('Equal', 'both'),
  Greater: predicate('Greater', 'numbers'),
  Less: predicate('Less', 'numbers'),
  And: predicate('And', 'truths'),
  Or: predicate('Or', 'truths'),
  Where: {
    op: 'Where',
    infer: ([condition, a, b]) => {
      const [c, left, right] = [present('Where', condition), present('Where', a), present('Where', b)];
      if (c.dtype !== 'bool' || left.dtype !== right.dtype) {
        throw new GraphError(`Where: expected bool, T, T, got ${c.dtype}, ${left.dtype}, ${right.dtype}`);
      }
      const shape = broadcastShapes('Where', c.shape, broadcastShapes('Where', left.shape, right.shape));
      return [{ dtype: left.dtype, shape }];
    },
    vjp: (node, [g]) => {
      const condition = node.inputs[0] as Value;
      return g ? [undefined, where(condition, g, like(g, 0)), where(condition, like(g, 0), g)] : [];
    },
  } satisfies OpRule,
} as const;

const r = elementwiseRules;
/** `-x` */
export const neg = (x: Value): Value => apply(r.Neg, [x]);
/** `|x|`; its derivative at 0 is 0. */
export const abs = (x: Value): Value => apply(r.Abs, [x]);
/** -1, 0 or 1; no gradient flows. */
export const sign = (x: Value): Value => apply(r.Sign, [x]);
/** The largest whole number not above `x`; no gradient flows. */
export const floor = (x: Value): Value => apply(r.Floor, [x]);
/** `e^x` */
export const exp = (x: Value): Value => apply(r.Exp, [x]);
/** Natural logarithm. */
export const log = (x: Value): Value => apply(r.Log, [x]);
/** Square root. */
export const sqrt = (x: Value): Value => apply(r.Sqrt, [x]);
/** `1 / x` */
export const reciprocal = (x: Value): Value => apply(r.Reciprocal, [x]);
/** Sine of radians. */
export const sin = (x: Value): Value => apply(r.Sin, [x]);
/** Cosine of radians. */
export const cos = (x: Value): Value => apply(r.Cos, [x]);
/** Hyperbolic tangent. */
export const tanh = (x: Value): Value => apply(r.Tanh, [x]);
/** `1 / (1 + e^-x)` */
export const sigmoid = (x: Value): Value => apply(r.Sigmoid, [x]);
/** `log(1 + e^x)` */
export const softplus = (x: Value): Value => apply(r.Softplus, [x]);
/** `max(x, 0)`; its derivative at 0 is 0. */
export const relu = (x: Value): Value => apply(r.Relu, [x]);
/** Error function. */
export const erf = (x: Value): Value => apply(r.Erf, [x]);
/** Logical negation of bool. */
export const not = (x: Value): Value => apply(r.Not, [x]);
/** `x` as another type; itself when it is of that type. Gradients flow between floating types. */
export const cast = (x: Value, to: Dtype): Value => (x.dtype === to ? x : apply(r.Cast, [x], { to }));
/** `a + b`, broadcast. */
export const add = (a: Value, b: Value): Value => apply(r.Add, [a, b]);
/** `a - b`, broadcast. */
export const sub = (a: Value, b: Value): Value => apply(r.Sub, [a, b]);
/** `a b` element by element, broadcast. */
export const mul = (a: Value, b: Value): Value => apply(r.Mul, [a, b]);
/** `a / b`, broadcast. */
export const div = (a: Value, b: Value): Value => apply(r.Div, [a, b]);
/** `a^b`, broadcast; a negative base needs a constant exponent to be differentiated. */
export const pow = (a: Value, b: Value): Value => apply(r.Pow, [a, b]);
/** The larger element, broadcast; at a tie the cotangent goes to `a`. */
export const max = (a: Value, b: Value): Value => apply(r.Max, [a, b]);
/** The smaller element, broadcast; at a tie the cotangent goes to `a`. */
export const min = (a: Value, b: Value): Value => apply(r.Min, [a, b]);
/** bool, broadcast: whether elements are equal. */
export const equal = (a: Value, b: Value): Value => apply(r.Equal, [a, b]);
/** bool, broadcast: `a > b`. */
export const greater = (a: Value, b: Value): Value => apply(r.Greater, [a, b]);
/** bool, broadcast: `a < b`. */
export const less = (a: Value, b: Value): Value => apply(r.Less, [a, b]);
/** Both of two bool values, broadcast. */
export const and = (a: Value, b: Value): Value => apply(r.And, [a, b]);
/** Either of two bool values, broadcast. */
export const or = (a: Value, b: Value): Value => apply(r.Or, [a, b]);
/** `a` where the bool `condition` holds, else `b`; all three broadcast. */
export const where = (condition: Value, a: Value, b: Value): Value => apply(r.Where, [condition, a, b]);

/** `x * factor` with a number known at build time. */
export const scale = (x: Value, factor: number): Value => mul(x, like(x, factor));
/** `x + offset` with a number known at build time. */
export const shift = (x: Value, offset: number): Value => add(x, like(x, offset));
/** `x²` */
export const square = (x: Value): Value => mul(x, x);

/** SiLU / swish: `x sigmoid(x)`. */
export const silu = (x: Value): Value => apply(r.QuickGelu, [x], { alpha: 1 });
/** The sigmoid approximation of GELU in OpenAI's CLIP: `x sigmoid(1.702 x)`. */
export const quickGelu = (x: Value): Value => apply(r.QuickGelu, [x], { alpha: 1.702 });
/** Exact GELU: `x/2 (1 + erf(x/sqrt 2))` (Hendrycks and Gimpel 2016). */
export const gelu = (x: Value): Value => apply(r.Gelu, [x]);
/** Tanh approximation of GELU. */
export const geluTanh = (x: Value): Value => {
  const inner = scale(add(x, scale(mul(x, square(x)), 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(scale(x, 0.5), shift(tanh(inner), 1));
};
/** Limits every element to `[low, high]`. */
export const clamp = (x: Value, low: number, high: number): Value => min(max(x, like(x, low)), like(x, high));
