import { GraphError } from './graph-error.ts';
import { opTable } from './ops/table.ts';
import { showShape } from './shape.ts';
import { type Graph, isLeaf, nameOf, sameType, topologicalOrder, type Value } from './value.ts';

/**
 * Verifies a graph before it leaves this package: every op is in the table, every type is what the op infers, every
 * input is listed, every name is unique among inputs, parameters and outputs.
 * @throws GraphError naming the first op that is wrong.
 */
export function check(graph: Graph): Graph {
  const names = new Map(graph.inputs.map((value) => [nameOf(value), value]));
  const listed = new Set(graph.inputs);
  for (const node of topologicalOrder([...graph.outputs.values()])) {
    const output = node.outputs[0] as Value;
    if (isLeaf(node)) {
      if (node.rule.op === 'Constant') continue;
      const name = nameOf(output);
      if (names.has(name) && names.get(name) !== output)
        throw new GraphError(`two leaves are called ${JSON.stringify(name)}`);
      if (node.rule.op === 'Input' && !listed.has(output))
        throw new GraphError(`input ${JSON.stringify(name)} is not listed`);
      names.set(name, output);
      continue;
    }
    if (!(node.rule.op in opTable)) throw new GraphError(`${node.rule.op} is not in the op table`);
    const inferred = node.rule.infer(node.inputs, node.attributes);
    node.outputs.forEach((actual, i) => {
      const expected = inferred[i];
      if (expected && sameType(expected, actual)) return;
      const shown = expected && `${expected.dtype} ${showShape(expected.shape)}`;
      throw new GraphError(
        `${node.rule.op}: output ${i} is ${actual.dtype} ${showShape(actual.shape)}, not ${shown}`,
      );
    });
  }
  for (const [name, value] of graph.outputs) {
    const leaf = names.get(name);
    if (leaf && leaf !== value) throw new GraphError(`output ${JSON.stringify(name)} is called like a leaf`);
  }
  return graph;
}
