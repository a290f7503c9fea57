import { showShape } from './shape.ts';
import { type Attribute, type Graph, isLeaf, nameOf, topologicalOrder, type Value } from './value.ts';

/** A graph as text, one node a line; equal structures print equally. */
export function print(graph: Graph): string {
  const names = new Map<Value, string>();
  const lines: string[] = [];
  for (const node of topologicalOrder([...graph.outputs.values()])) {
    const first = node.outputs[0] as Value;
    if (isLeaf(node)) {
      names.set(first, node.name ? `%${nameOf(first)}` : showConstant(first));
      if (node.name) lines.push(`${names.get(first)} = ${node.rule.op} ${showType(first)}`);
      continue;
    }
    for (const output of node.outputs) names.set(output, `%${names.size}`);
    const left = node.outputs.map((output) => names.get(output)).join(', ');
    const right = node.inputs.map((source) => names.get(source)).join(', ');
    const attributes = Object.entries(node.attributes).map(
      ([key, value]) => `${key}=${showAttribute(value)}`,
    );
    const suffix = attributes.length > 0 ? ` {${attributes.join(', ')}}` : '';
    lines.push(`${left} = ${node.rule.op}(${right})${suffix} ${showType(first)}`);
  }
  for (const [name, value] of graph.outputs) lines.push(`return ${name} = ${names.get(value)}`);
  return `${lines.join('\n')}\n`;
}

function showType({ dtype, shape }: Value): string {
  return `: ${dtype}${showShape(shape)}`;
}

function showAttribute(value: Attribute): string {
  return typeof value === 'object' ? showShape(value) : String(value);
}

function showConstant(value: Value): string {
  const data: ArrayLike<number | bigint> = value.node.data ?? [];
  const shown = Array.from({ length: Math.min(4, data.length) }, (_, i) => String(data[i])).join(' ');
  return `const(${shown}${data.length > 4 ? ' …' : ''}${value.shape.length > 0 ? ` ${showShape(value.shape)}` : ''})`;
}
