/** How each op of the table is written in ONNX (opset 18), where its operands differ from ours. */
import type { Attribute, Attributes, Node, Value } from '../value.ts';

/** Domain of the fused ops of ONNX Runtime. */
export const microsoftDomain = 'com.microsoft';

/** An ONNX operand: a value, a list of int64, or an optional operand left out. */
export type Operand = Value | readonly number[] | undefined;

/** A node as ONNX writes it. */
export interface OnnxNode {
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly Operand[];
  readonly attributes: Attributes;
  /** Attributes that ONNX stores as floats. */
  readonly floats?: readonly string[];
  /** Outputs from this one on are left out where nobody reads them. Absent: all are written. */
  readonly optionalFrom?: number;
}

type Lowering = (node: Node) => OnnxNode;

const list = (value: Attribute | undefined): readonly number[] => value as readonly number[];
const only = (attributes: Attributes, ...keys: string[]): Attributes =>
  Object.fromEntries(keys.map((key) => [key, attributes[key] as Attribute]));

/** The attribute `key` becomes the second operand. */
const attributeAsOperand =
  (key: string, ...kept: string[]): Lowering =>
  ({ rule, inputs, attributes }) => ({
    op: rule.op,
    inputs: [inputs[0], list(attributes[key])],
    attributes: only(attributes, ...kept),
  });

const lowerings: Readonly<Record<string, Lowering>> = {
  Reshape: attributeAsOperand('shape'),
  Expand: attributeAsOperand('shape'),
  Pad: attributeAsOperand('pads'),
  Split: attributeAsOperand('sizes', 'axis'),
  // Opset 18 has the axes of ReduceSum, ReduceMean, ReduceMax and ReduceMin as an operand.
  ReduceSum: attributeAsOperand('axes', 'keepdims'),
  ReduceMean: attributeAsOperand('axes', 'keepdims'),
  ReduceMax: attributeAsOperand('axes', 'keepdims'),
  ReduceMin: attributeAsOperand('axes', 'keepdims'),
  Slice: ({ inputs, attributes }) => ({
    op: 'Slice',
    inputs: [inputs[0], ...['starts', 'ends', 'axes', 'steps'].map((key) => list(attributes[key]))],
    attributes: {},
  }),
  LayerNormalization: ({ rule, inputs, attributes }) => ({
    op: rule.op,
    inputs,
    attributes,
    floats: ['epsilon'],
    optionalFrom: 1,
  }),
  // With its second output, ONNX Runtime takes a slower kernel that knows no blocked layout.
  MaxPool: ({ rule, inputs, attributes }) => ({ op: rule.op, inputs, attributes, optionalFrom: 1 }),
  Gelu: ({ rule, inputs, attributes }) => ({ op: rule.op, domain: microsoftDomain, inputs, attributes }),
  QuickGelu: ({ rule, inputs, attributes }) => ({
    op: rule.op,
    domain: microsoftDomain,
    inputs,
    attributes,
    floats: ['alpha'],
  }),
  // Operands: query, key, value, bias, key padding mask, attention bias
  MultiHeadAttention: ({ rule, inputs, attributes }) => ({
    op: rule.op,
    domain: microsoftDomain,
    inputs: [...inputs.slice(0, 3), ...(inputs[3] ? [undefined, undefined, inputs[3]] : [])],
    attributes,
    floats: ['scale'],
  }),
};

/** How a node is written; ops without an entry above keep their name, inputs and attributes. */
export function lower(node: Node): OnnxNode {
  const lowering = lowerings[node.rule.op];
  return lowering ? lowering(node) : { op: node.rule.op, inputs: node.inputs, attributes: node.attributes };
}
