/** Reverse-mode differentiation: read the cotangent, look up the rule, accumulate. */
import { isFloat } from './dtype.ts';
import { GraphError } from './graph-error.ts';
import { add } from './ops/elementwise.ts';
import { unbroadcast } from './ops/reduction.ts';
import { showShape } from './shape.ts';
import { filled, isLeaf, type Node, sameType, showType, topologicalOrder, type Value } from './value.ts';

/**
 * Gradients of `loss` with respect to each value of `wrt`, as new values of the same shapes (zeros where nothing flows).
 * @param cotangent what multiplies the Jacobian; default 1, which needs a scalar loss.
 * @throws GraphError when the loss is no scalar, the cotangent is not of its type, or an op on the way has no derivative.
 */
export function gradient(loss: Value, wrt: readonly Value[], cotangent?: Value): Value[] {
  if (!cotangent && loss.shape.length > 0) {
    throw new GraphError(`gradient: the loss must be a scalar, got ${showShape(loss.shape)}`);
  }
  if (cotangent && !sameType(cotangent, loss)) {
    throw new GraphError(`gradient: the cotangent is ${showType(cotangent)}, the loss ${showType(loss)}`);
  }
  const order = topologicalOrder([loss]);
  const wanteds = new Set(wrt);
  const active = dependents(order, wanteds);
  const cotangents = new Map<Value, Value>([[loss, cotangent ?? filled(1, [], loss.dtype)]]);
  for (const node of order.reverse()) {
    if (isLeaf(node) || !active.has(node)) continue;
    const incoming = node.outputs.map((output) => cotangents.get(output));
    if (incoming.every((value) => value === undefined)) continue;
    if (!node.rule.vjp) throw new GraphError(`gradient: ${node.rule.op} has no derivative`);
    const outgoing = node.rule.vjp(node, incoming);
    node.inputs.forEach((source, i) => {
      const flow = outgoing[i];
      const wanted = wanteds.has(source) || active.has(source.node);
      if (!flow || !wanted || !isFloat(source.dtype)) return;
      const summed = unbroadcast(flow, source.shape);
      const before = cotangents.get(source);
      cotangents.set(source, before ? add(before, summed) : summed);
    });
  }
  return wrt.map((value) => cotangents.get(value) ?? filled(0, value.shape, value.dtype));
}

/** Nodes that a change of a `wrt` value can reach: only these need their derivative. */
function dependents(order: readonly Node[], wrt: ReadonlySet<Value>): Set<Node> {
  const active = new Set<Node>();
  for (const node of order) {
    if (node.inputs.some((source) => wrt.has(source) || active.has(source.node))) active.add(node);
  }
  return active;
}
