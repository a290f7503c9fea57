/** Writes a graph as an ONNX model (opset 18; protobuf classes from `onnx-buf`). */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  TensorProto_DataLocation as DataLocation,
  TensorProto_DataType as DataType,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf';
import { check } from '../check.ts';
import type { ConstantData, Dtype } from '../dtype.ts';
import { GraphError } from '../graph-error.ts';
import { showShape, sizeOf } from '../shape.ts';
import {
  type Graph,
  isLeaf,
  nameOf,
  showType,
  storedParameters,
  topologicalOrder,
  type Value,
} from '../value.ts';
import { toFloat16Bits } from './float16.ts';
import { lower, microsoftDomain, type OnnxNode, type Operand } from './lower.ts';

/** Where a weight lies when it is not inside the model: bytes `offset … offset + length` of a file beside it. */
export interface ExternalTensor {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** A stored parameter's elements (float32, whatever the graph's type), or the place of its bytes. */
export type Weight = Float32Array | ExternalTensor;

const opsetVersion = 18n;
const irVersion = 10n;

const dataTypes: Record<Dtype, DataType> = {
  float32: DataType.FLOAT,
  float16: DataType.FLOAT16,
  int64: DataType.INT64,
  int32: DataType.INT32,
  bool: DataType.BOOL,
};

const bytesPerElement: Record<Dtype, number> = { float32: 4, float16: 2, int64: 8, int32: 4, bool: 1 };

type NodeProto = MessageInitShape<typeof NodeProtoSchema>;
type TensorProto = MessageInitShape<typeof TensorProtoSchema>;

/**
 * @param weights elements or place of every parameter that the graph stores.
 * @throws GraphError when a stored parameter has no weight or one of another size, or the graph does not pass its check.
 */
export function writeOnnx(graph: Graph, weights: ReadonlyMap<string, Weight> = new Map()): Uint8Array {
  check(graph);
  const fresh = freshNames(graph);
  const names = nameValues(graph, fresh);
  const initializers: TensorProto[] = [];
  for (const [name, value] of storedParameters(graph)) {
    const weight = weights.get(name);
    if (!weight)
      throw new GraphError(`no weight for parameter ${JSON.stringify(name)} ${showShape(value.shape)}`);
    initializers.push(weightTensor(name, value, weight));
  }
  const nodes = writeNodes(graph, { names, fresh, initializers });
  const model = create(ModelProtoSchema, {
    irVersion,
    producerName: 'darkroom',
    opsetImport: [
      { domain: '', version: opsetVersion },
      { domain: microsoftDomain, version: 1n },
    ],
    graph: {
      name: 'graph',
      node: nodes,
      initializer: initializers,
      input: graph.inputs.map((value) => valueInfo(nameOf(value), value)),
      output: [...graph.outputs].map(([name, value]) => valueInfo(name, value)),
    },
  });
  return toBinary(ModelProtoSchema, model);
}

interface Writing {
  readonly names: ReadonlyMap<Value, string>;
  readonly fresh: FreshName;
  /** Receives constants and lists on the way. */
  readonly initializers: TensorProto[];
}

function writeNodes(graph: Graph, { names, fresh, initializers }: Writing): NodeProto[] {
  const nodes: NodeProto[] = [];
  const lists = new Map<string, string>();
  const nameList = (list: readonly number[]): string => {
    const key = list.join();
    const name = lists.get(key) ?? fresh('list');
    if (!lists.has(key))
      initializers.push(tensor(name, [list.length], BigInt64Array.from(list, BigInt), 'int64'));
    lists.set(key, name);
    return name;
  };
  const nameOperand = (operand: Operand): string => {
    if (operand === undefined) return '';
    return 'node' in operand ? (names.get(operand) as string) : nameList(operand);
  };
  const order = topologicalOrder([...graph.outputs.values()]);
  const read = new Set([...graph.outputs.values(), ...order.flatMap(({ inputs }) => inputs)]);
  for (const node of order) {
    const first = node.outputs[0] as Value;
    if (isLeaf(node)) {
      if (node.data)
        initializers.push(tensor(names.get(first) as string, first.shape, node.data, first.dtype));
      continue;
    }
    const lowered = lower(node);
    const kept = Math.max(
      lowered.optionalFrom ?? node.outputs.length,
      1 + node.outputs.findLastIndex((output) => read.has(output)),
    );
    const outputs = node.outputs.slice(0, kept).map((output) => names.get(output) as string);
    nodes.push(nodeProto(lowered, outputs, nameOperand));
  }
  // An output that is an input, a parameter, a constant or another output's value needs a node of its own.
  for (const [name, value] of graph.outputs) {
    if (names.get(value) !== name)
      nodes.push({ opType: 'Identity', input: [names.get(value) as string], output: [name] });
  }
  return nodes;
}

function nameValues(graph: Graph, fresh: FreshName): Map<Value, string> {
  const names = new Map<Value, string>();
  for (const [name, value] of graph.outputs) {
    if (!isLeaf(value.node) && !names.has(value)) names.set(value, name);
  }
  for (const node of topologicalOrder([...graph.outputs.values()])) {
    for (const output of node.outputs) {
      if (!names.has(output)) names.set(output, node.name ?? fresh('v'));
    }
  }
  return names;
}

/** A name that nothing else in the model has. */
type FreshName = (stem: string) => string;

/** Numbers values, passing over what inputs, parameters and outputs are called. */
function freshNames(graph: Graph): FreshName {
  const taken = new Set([
    ...graph.inputs.map(nameOf),
    ...storedParameters(graph).keys(),
    ...graph.outputs.keys(),
  ]);
  let count = 0;
  return (stem) => {
    let name = '';
    do name = `${stem}${count++}`;
    while (taken.has(name));
    return name;
  };
}

function nodeProto(node: OnnxNode, outputs: string[], nameOperand: (operand: Operand) => string): NodeProto {
  return {
    opType: node.op,
    domain: node.domain ?? '',
    input: node.inputs.map(nameOperand),
    output: outputs,
    attribute: Object.entries(node.attributes).map(([name, value]) => attribute(name, value, node.floats)),
  };
}

function attribute(
  name: string,
  value: number | string | readonly number[],
  floats: readonly string[] = [],
): MessageInitShape<typeof AttributeProtoSchema> {
  if (name === 'to') return { name, type: AttributeType.INT, i: BigInt(dataTypes[value as Dtype]) };
  if (typeof value === 'string')
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === 'object') return { name, type: AttributeType.INTS, ints: value.map(BigInt) };
  if (floats.includes(name)) return { name, type: AttributeType.FLOAT, f: value };
  return { name, type: AttributeType.INT, i: BigInt(value) };
}

function weightTensor(name: string, value: Value, weight: Weight): TensorProto {
  const elements = sizeOf(value.shape);
  const given = weight instanceof Float32Array ? weight.length : weight.length / bytesPerElement[value.dtype];
  if (given !== elements) {
    throw new GraphError(`weight ${JSON.stringify(name)}: ${given} elements do not fill ${showType(value)}`);
  }
  if (weight instanceof Float32Array) return tensor(name, value.shape, weight, value.dtype);
  return {
    name,
    dims: value.shape.map(BigInt),
    dataType: dataTypes[value.dtype],
    dataLocation: DataLocation.EXTERNAL,
    externalData: [
      { key: 'location', value: weight.file },
      { key: 'offset', value: String(weight.offset) },
      { key: 'length', value: String(weight.length) },
    ],
  };
}

function tensor(name: string, shape: readonly number[], data: ConstantData, dtype: Dtype): TensorProto {
  const elements = dtype === 'float16' ? toFloat16Bits(data as Float32Array) : data;
  const rawData = new Uint8Array(elements.buffer as ArrayBuffer, elements.byteOffset, elements.byteLength);
  return { name, dims: shape.map(BigInt), dataType: dataTypes[dtype], rawData };
}

function valueInfo(name: string, { dtype, shape }: Value): MessageInitShape<typeof ValueInfoProtoSchema> {
  const dim = shape.map((axis) => ({ value: { case: 'dimValue' as const, value: BigInt(axis) } }));
  return {
    name,
    type: { value: { case: 'tensorType', value: { elemType: dataTypes[dtype], shape: { dim } } } },
  };
}
