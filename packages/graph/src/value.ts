/**
 * The intermediate representation: an immutable DAG. A `Value` is one output of a `Node`; a node points at its inputs,
 * so a graph is whatever is reachable from the outputs that one asks for. Nothing here knows ONNX or gradients.
 */
import type { ConstantData, Dtype } from './dtype.ts';
import { GraphError } from './graph-error.ts';
import { type Shape, shapesEqual, showShape, sizeOf } from './shape.ts';

/** What parametrises a node besides its inputs. */
export type Attribute = number | string | readonly number[];
/** The attributes of a node by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/** Element type and static shape. */
export interface ValueType {
  readonly dtype: Dtype;
  readonly shape: Shape;
}

/** One output of a node: what ops take and give. */
export interface Value extends ValueType {
  readonly node: Node;
  /** Which output of `node` this is. */
  readonly index: number;
}

/** One op applied to its inputs, or a leaf. */
export interface Node {
  readonly rule: OpRule;
  readonly inputs: readonly Value[];
  readonly attributes: Attributes;
  readonly outputs: readonly Value[];
  /** Name of an `Input` or `Parameter`. */
  readonly name?: string;
  /** Elements of a `Constant`. */
  readonly data?: ConstantData;
}

/**
 * One row of the op table.
 * `infer` checks the inputs and gives the type of every output.
 * `vjp` (vector–Jacobian product) gives, for a cotangent per output (`undefined` where none flows), a cotangent per input;
 * it may have the broadcast shape: un-broadcasting happens once, in `gradient.ts`. Without `vjp` no gradient flows.
 */
export interface OpRule {
  readonly op: string;
  readonly infer: (inputs: readonly Value[], attributes: Attributes) => readonly ValueType[];
  readonly vjp?: (node: Node, cotangents: readonly (Value | undefined)[]) => readonly (Value | undefined)[];
}

/** What a computation is fed and what it gives, by name. */
export interface Graph {
  /** Feeds in calling order: every reachable `Input` and, when training, the parameters that change. */
  readonly inputs: readonly Value[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Makes a node of `rule` after checking its inputs; returns all its outputs. */
export function applyAll(
  rule: OpRule,
  inputs: readonly Value[],
  attributes: Attributes = {},
): readonly [Value, ...Value[]] {
  const types = rule.infer(inputs, attributes);
  const outputs: Value[] = [];
  const node: Node = { rule, inputs, attributes, outputs };
  types.forEach((type, index) => {
    outputs.push({ dtype: type.dtype, shape: type.shape, node, index });
  });
  return outputs as unknown as readonly [Value, ...Value[]];
}

/** Makes a node with one output of interest. */
export function apply(rule: OpRule, inputs: readonly Value[], attributes: Attributes = {}): Value {
  return applyAll(rule, inputs, attributes)[0];
}

function leaf(op: 'Input' | 'Parameter' | 'Constant', type: ValueType, extra: Partial<Node>): Value {
  const rule: OpRule = { op, infer: () => [type] };
  const outputs: Value[] = [];
  const node: Node = { rule, inputs: [], attributes: {}, outputs, ...extra };
  outputs.push({ dtype: type.dtype, shape: type.shape, node, index: 0 });
  return outputs[0] as Value;
}

/** A value fed at every run. */
export function input(name: string, shape: Shape, dtype: Dtype = 'float32'): Value {
  return leaf('Input', { dtype, shape }, { name });
}

/** A trained weight: an initializer for inference, a feed while it is trained. */
export function parameter(name: string, shape: Shape, dtype: Dtype = 'float32'): Value {
  return leaf('Parameter', { dtype, shape }, { name });
}

/**
 * A value known while the graph is built.
 * @throws GraphError when `data` does not have as many elements as `shape`, or does not hold `dtype`.
 */
export function constant(data: ConstantData, shape: Shape, dtype: Dtype = dtypeOf(data)): Value {
  if (data.length !== sizeOf(shape)) {
    throw new GraphError(`Constant: ${data.length} elements do not fill ${showShape(shape)}`);
  }
  if (dtypeOf(data) !== (dtype === 'float16' ? 'float32' : dtype)) {
    throw new GraphError(`Constant: ${data.constructor.name} does not hold ${dtype}`);
  }
  return leaf('Constant', { dtype, shape }, { data });
}

/** A constant of shape []. */
export function scalar(value: number, dtype: Dtype = 'float32'): Value {
  return filled(value, [], dtype);
}

/** A constant of one repeated number. */
export function filled(value: number, shape: Shape, dtype: Dtype = 'float32'): Value {
  const size = sizeOf(shape);
  if (dtype === 'int64') return constant(new BigInt64Array(size).fill(BigInt(value)), shape, dtype);
  if (dtype === 'int32') return constant(new Int32Array(size).fill(value), shape, dtype);
  if (dtype === 'bool') return constant(new Uint8Array(size).fill(value), shape, dtype);
  return constant(new Float32Array(size).fill(value), shape, dtype);
}

/** Whether a node is an input, a parameter or a constant. */
export function isLeaf(node: Node): boolean {
  return node.rule.op === 'Input' || node.rule.op === 'Parameter' || node.rule.op === 'Constant';
}

/**
 * Every node reachable from `outputs`, inputs before users; the order depends only on the graph's structure.
 * Iterative, since training graphs are thousands of nodes deep.
 */
export function topologicalOrder(outputs: readonly Value[]): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack = outputs.map((value) => value.node).reverse();
  while (stack.length > 0) {
    const node = stack.at(-1) as Node;
    if (state.has(node)) {
      stack.pop();
      if (state.get(node) === 'open') {
        state.set(node, 'done');
        order.push(node);
      }
      continue;
    }
    state.set(node, 'open');
    for (let i = node.inputs.length - 1; i >= 0; i--) {
      const producer = (node.inputs[i] as Value).node;
      if (!state.has(producer)) stack.push(producer);
    }
  }
  return order;
}

/**
 * Names the outputs of a computation and collects what must be fed.
 * @param feeds parameters that are fed at every run (trained ones) instead of being stored in the model.
 * @throws GraphError when two inputs share a name.
 */
export function graphOf(outputs: Readonly<Record<string, Value>>, feeds: readonly Value[] = []): Graph {
  const named = new Map(Object.entries(outputs));
  const reached = topologicalOrder([...named.values()]).filter((node) => node.rule.op === 'Input');
  const inputs = [...reached.map((node) => node.outputs[0] as Value), ...feeds];
  const seen = new Map<string, Value>();
  for (const value of inputs) {
    const name = nameOf(value);
    if (seen.has(name)) throw new GraphError(`two inputs are called ${JSON.stringify(name)}`);
    seen.set(name, value);
  }
  return { inputs, outputs: named };
}

/** The parameters that a graph stores (not fed), by name, in order of first use. */
export function storedParameters(graph: Graph): Map<string, Value> {
  const fed = new Set(graph.inputs);
  const stored = new Map<string, Value>();
  for (const node of topologicalOrder([...graph.outputs.values()])) {
    const value = node.outputs[0] as Value;
    if (node.rule.op === 'Parameter' && !fed.has(value)) stored.set(nameOf(value), value);
  }
  return stored;
}

/** The name of an input or a parameter. @throws GraphError for any other value */
export function nameOf(value: Value): string {
  if (value.node.name === undefined) throw new GraphError(`a ${value.node.rule.op} has no name`);
  return value.node.name;
}

/** Whether element type and shape agree. */
export function sameType(a: ValueType, b: ValueType): boolean {
  return a.dtype === b.dtype && shapesEqual(a.shape, b.shape);
}

/** A type as error messages show it, e.g. `float32 [2, 3]`. */
export function showType({ dtype, shape }: ValueType): string {
  return `${dtype} ${showShape(shape)}`;
}

function dtypeOf(data: ConstantData): Dtype {
  if (data instanceof BigInt64Array) return 'int64';
  if (data instanceof Int32Array) return 'int32';
  return data instanceof Uint8Array ? 'bool' : 'float32';
}
