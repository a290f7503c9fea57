/** Gradients three ways: by the graph's own rules in float64, by central differences, and by ONNX Runtime in float32. */

import { Session } from '@darkroom/gpu-worker/runtime/session';
import { isFloat } from '@darkroom/graph/dtype';
import { gradient } from '@darkroom/graph/gradient';
import { add, mul } from '@darkroom/graph/ops/elementwise';
import { reduceSum } from '@darkroom/graph/ops/reduction';
import { constant, type Graph, graphOf, nameOf, type Value } from '@darkroom/graph/value';
import { buildCase, type FeedData, type OpCase, relativeError } from './op-case.ts';
import { Random } from './random.ts';
import { evaluate } from './reference.ts';

/** Σ weight · element over all floating outputs, with fixed random weights: a scalar that every element matters to. */
function weightedSum(outputs: readonly Value[]): Value {
  const random = new Random(11);
  const terms = outputs
    .filter((output) => output.dtype === 'float32')
    .map((output) => {
      const size = output.shape.reduce((product, axis) => product * axis, 1);
      const weights = Float32Array.from({ length: size }, () => random.normal());
      return reduceSum(mul(output, constant(weights, output.shape)));
    });
  return terms.reduce(add);
}

type Elements = Readonly<Record<string, ArrayLike<number | bigint>>>;

const step = 1e-5;

/** Central differences of the graph's `loss` by every element of one input. */
function differences(graph: Graph, feeds: Elements, name: string): Float64Array {
  const centre = Float64Array.from(feeds[name] as ArrayLike<number>);
  const lossAt = (i: number, offset: number): number => {
    const moved = centre.with(i, (centre[i] as number) + offset);
    return evaluate(graph, { ...feeds, [name]: moved })['loss']?.[0] as number;
  };
  return centre.map((_, i) => (lossAt(i, step) - lossAt(i, -step)) / (2 * step));
}

export interface GradientErrors {
  /** Graph's rules in float64 against central differences, relative to the largest element of each gradient. */
  readonly rules: number;
  /** ONNX Runtime in float32 against the rules in float64. */
  readonly runtime: number;
}

/** The worst errors over the gradients by every floating input of a case. */
export async function gradientErrors(opCase: OpCase): Promise<GradientErrors> {
  const { inputs, outputs, feeds } = buildCase(opCase);
  const loss = weightedSum(outputs);
  const wrt = inputs.filter(({ dtype }) => isFloat(dtype));
  const gradients = gradient(loss, wrt);
  const named = wrt.map((value, i) => [`d_${nameOf(value)}`, gradients[i] as Value] as const);
  const parameters = wrt.filter(({ node }) => node.rule.op === 'Parameter');
  const graph = graphOf({ loss, ...Object.fromEntries(named) }, parameters);
  const exact = evaluate(graph, feeds);
  const computed = await runOnce(graph, feeds);
  const lossAlone = graphOf({ loss }, parameters);
  // A gradient that vanishes (such as by the bias of attention's keys) is compared with the others' size.
  const floor =
    1e-3 * Math.max(...named.flatMap(([name]) => [...(exact[name] as Float64Array)].map(Math.abs)));
  const errors = wrt.map((value) => {
    const analytic = exact[`d_${nameOf(value)}`] as Float64Array;
    return {
      rules: relativeError(analytic, differences(lossAlone, feeds, nameOf(value)), floor),
      runtime: relativeError(computed[`d_${nameOf(value)}`] ?? [], analytic, floor),
    };
  });
  return {
    rules: Math.max(...errors.map(({ rules }) => rules)),
    runtime: Math.max(...errors.map(({ runtime }) => runtime)),
  };
}

export async function runOnce(
  graph: Graph,
  feeds: Readonly<Record<string, FeedData>>,
): Promise<Record<string, FeedData>> {
  await using session = await Session.compile(graph, { threads: 1 });
  return await session.run(feeds);
}
