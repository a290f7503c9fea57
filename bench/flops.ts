import { sizeOf } from '@darkroom/graph/shape';
import { type Graph, type Node, topologicalOrder, type Value } from '@darkroom/graph/value';

/** Floating-point operations of a graph's products (2 per multiply-add); element-wise work is not counted. */
export function countFlops(graph: Graph): number {
  return topologicalOrder([...graph.outputs.values()]).reduce((sum, node) => sum + nodeFlops(node), 0);
}

function nodeFlops({ rule, inputs, attributes, outputs }: Node): number {
  const [a, b] = inputs as readonly [Value, Value];
  const out = (outputs[0] as Value).shape;
  switch (rule.op) {
    case 'Conv':
      // every output takes C/group · kh · kw multiply-adds
      return 2 * sizeOf(out) * sizeOf(b.shape.slice(1));
    case 'ConvTranspose':
      return 2 * sizeOf(a.shape) * sizeOf(b.shape.slice(1));
    case 'MatMul':
      return 2 * sizeOf(out) * (a.shape.at(-1) as number);
    case 'Gemm':
      return 2 * sizeOf(out) * (a.shape[attributes['transA'] === 1 ? 0 : 1] as number);
    case 'MultiHeadAttention': {
      // Q Kᵀ and P V: S · L times the width of K and that of V
      const [batch, queries, width] = a.shape as readonly [number, number, number];
      return 2 * batch * queries * (b.shape[1] as number) * (width + (out.at(-1) as number));
    }
    default:
      return 0;
  }
}
