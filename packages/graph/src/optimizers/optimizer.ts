import type { Value } from '../value.ts';

/** What one step reads and writes; all values belong to one graph. */
export interface UpdateInput {
  /** Counts from 1, float scalar. */
  readonly step: Value;
  /** Learning rate of this step, float scalar. */
  readonly learningRate: Value;
  readonly parameter: Value;
  readonly gradient: Value;
  /** One value per entry of `slots`, of the parameter's shape. */
  readonly state: readonly Value[];
}

/** A parameter and its state after one step. */
export interface Updated {
  readonly parameter: Value;
  readonly state: readonly Value[];
}

/** A pure update rule, element by element: the state it keeps per parameter (starting at 0) and the step, as graph fragments. */
export interface Optimizer {
  readonly slots: readonly string[];
  readonly update: (input: UpdateInput) => Updated;
}
