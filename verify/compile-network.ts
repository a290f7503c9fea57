import { loadParameters } from '@darkroom/gpu-worker/models/checkpoint';
import { Session } from '@darkroom/gpu-worker/runtime/session';
import { Scope } from '@darkroom/graph/layers/scope';
import { graphOf, type Value } from '@darkroom/graph/value';

/**
 * Builds a network and loads its weights the way production does.
 * @param weights a component folder or one `.safetensors` file, which must hold exactly the weights that `build` asks for
 */
export async function compileNetwork(
  weights: string,
  build: (scope: Scope) => Readonly<Record<string, Value>>,
): Promise<Session> {
  const scope = Scope.root();
  const graph = graphOf(build(scope));
  const parameters = await loadParameters(weights, scope.parameters);
  return Session.compile(graph, { weights: parameters });
}
