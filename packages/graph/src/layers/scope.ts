import type { Dtype } from '../dtype.ts';
import { GraphError } from '../graph-error.ts';
import { type Shape, shapesEqual, showShape } from '../shape.ts';
import { parameter, type Value } from '../value.ts';

/** Rewrites a weight on its way into a layer: how adapters such as LoRA attach without the layers knowing. */
export type Adapt = (name: string, weight: Value) => Value;

interface Registry {
  readonly parameters: Map<string, Value>;
  readonly dtype: Dtype;
  readonly adapt: Adapt;
}

/** A dotted name space of parameters: a network asks it for weights, and it remembers what was asked for. */
export class Scope {
  readonly #registry: Registry;
  readonly #prefix: string;

  private constructor(registry: Registry, prefix: string) {
    this.#registry = registry;
    this.#prefix = prefix;
  }

  static root({
    dtype = 'float32',
    adapt = (_name, weight) => weight,
  }: {
    dtype?: Dtype;
    adapt?: Adapt;
  } = {}): Scope {
    return new Scope({ parameters: new Map(), dtype, adapt }, '');
  }

  /** The scope of a sub-module: `scope.child('down_blocks', 0)` names `down_blocks.0.…`. */
  child(...parts: readonly (string | number)[]): Scope {
    return new Scope(this.#registry, `${this.#prefix}${parts.join('.')}.`);
  }

  /**
   * A weight by its name within this scope; asking again for the same name gives the same weight.
   * @throws GraphError when it was asked for with another shape before.
   */
  parameter(name: string, shape: Shape): Value {
    const { parameters, dtype, adapt } = this.#registry;
    const fullName = this.#prefix + name;
    const known = parameters.get(fullName);
    if (known && !shapesEqual(known.shape, shape)) {
      throw new GraphError(`${fullName}: ${showShape(known.shape)} asked for again as ${showShape(shape)}`);
    }
    const weight = known ?? parameter(fullName, shape, dtype);
    parameters.set(fullName, weight);
    return adapt(fullName, weight);
  }

  /** Everything that was asked for, under any prefix, in order. */
  get parameters(): ReadonlyMap<string, Value> {
    return this.#registry.parameters;
  }

  get dtype(): Dtype {
    return this.#registry.dtype;
  }
}
