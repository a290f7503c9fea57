/**
 * A reference interpreter of graphs: every op in plain loops over float64, sharing nothing with ONNX Runtime.
 * Floating types stand for real numbers: float32 and float16 values are not rounded.
 */
import type { OpName } from '@darkroom/graph/ops/table';
import { type Graph, isLeaf, type Node, topologicalOrder, type Value } from '@darkroom/graph/value';
import { convolution } from './reference/convolution.ts';
import { elementwise } from './reference/elementwise.ts';
import { matmul } from './reference/matmul.ts';
import { movement } from './reference/movement.ts';
import { normalization } from './reference/normalization.ts';
import { pooling } from './reference/pooling.ts';
import { reduction } from './reference/reduction.ts';
import { type Kernel, sizeOf, type Tensor } from './reference/tensor.ts';

const kernels = {
  ...elementwise,
  ...movement,
  ...reduction,
  ...matmul,
  ...convolution,
  ...pooling,
  ...normalization,
} as const satisfies Record<OpName, Kernel>;

/** Elements of inputs and parameters by name; truth values as 0 and 1. */
export type Leaves = Readonly<Record<string, ArrayLike<number | bigint>>>;

/**
 * Computes every output of a graph.
 * @throws TypeError when a leaf is missing or has another size, or an op's result has another shape than was inferred.
 */
export function evaluate(graph: Graph, leaves: Leaves): Record<string, Float64Array> {
  const known = new Map<Value, Tensor>();
  for (const node of topologicalOrder([...graph.outputs.values()])) {
    const results = isLeaf(node) ? [readLeaf(node, leaves)] : compute(node, known);
    node.outputs.forEach((output, i) => {
      const result = results[i];
      if (!result || String(result.shape) !== String(output.shape)) {
        throw new TypeError(
          `${node.rule.op}: output ${i} was inferred as [${output.shape}], is [${result?.shape}]`,
        );
      }
      known.set(output, result);
    });
  }
  return Object.fromEntries(
    [...graph.outputs].map(([name, value]) => [name, (known.get(value) as Tensor).data]),
  );
}

function compute(node: Node, known: ReadonlyMap<Value, Tensor>): readonly Tensor[] {
  const kernel = (kernels as Record<string, Kernel>)[node.rule.op];
  if (!kernel) throw new TypeError(`${node.rule.op} is not in the reference`);
  return kernel(
    node.inputs.map((value) => known.get(value) as Tensor),
    node,
  );
}

function readLeaf(node: Node, leaves: Leaves): Tensor {
  const { shape } = node.outputs[0] as Value;
  const elements: ArrayLike<number | bigint> | undefined = node.data ?? leaves[node.name ?? ''];
  if (elements?.length !== sizeOf(shape)) {
    throw new TypeError(
      `${node.rule.op} ${node.name}: expected [${shape}], got ${elements?.length} elements`,
    );
  }
  return { shape, data: Float64Array.from(elements, Number) };
}
