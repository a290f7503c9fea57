import { type Graph, isLeaf, type Node, topologicalOrder, type Value } from '../value.ts';

/** Merges nodes that compute the same thing: equal op, inputs and attributes, or equal small constants. */
export function dedupe(graph: Graph): Graph {
  const replaced = new Map<Value, Value>();
  const known = new Map<string, Node>();
  const identity = new Map<Value, number>();
  const resolve = (value: Value): Value => replaced.get(value) ?? value;
  const identify = (value: Value): number => {
    if (!identity.has(value)) identity.set(value, identity.size);
    return identity.get(value) as number;
  };
  for (const node of topologicalOrder([...graph.outputs.values()])) {
    const inputs = node.inputs.map(resolve);
    const key = keyOf(node, inputs.map(identify));
    const twin = key === undefined ? undefined : known.get(key);
    if (twin) {
      node.outputs.forEach((output, i) => {
        replaced.set(output, twin.outputs[i] as Value);
      });
      continue;
    }
    const kept = inputs.every((value, i) => value === node.inputs[i]) ? node : withInputs(node, inputs);
    node.outputs.forEach((output, i) => {
      replaced.set(output, kept.outputs[i] as Value);
    });
    if (key !== undefined) known.set(key, kept);
  }
  const outputs = new Map([...graph.outputs].map(([name, value]) => [name, resolve(value)]));
  return { inputs: graph.inputs, outputs };
}

/** Constants longer than this are taken as different: comparing them would cost more than it saves. */
const longestComparedConstant = 64;

function keyOf(node: Node, inputs: readonly number[]): string | undefined {
  const type = node.outputs[0] as Value;
  if (!isLeaf(node)) return `${node.rule.op}(${inputs.join()})${JSON.stringify(node.attributes)}`;
  if (node.rule.op !== 'Constant' || !node.data || node.data.length > longestComparedConstant)
    return undefined;
  const elements = Array.from<number | bigint, string>(node.data, (element) =>
    Object.is(element, -0) ? '-0' : `${element}`,
  );
  return `${type.dtype}[${type.shape.join()}]${elements.join()}`;
}

function withInputs(node: Node, inputs: readonly Value[]): Node {
  const outputs: Value[] = [];
  const copy: Node = { ...node, inputs, outputs };
  for (const { dtype, shape, index } of node.outputs) outputs.push({ dtype, shape, index, node: copy });
  return copy;
}
