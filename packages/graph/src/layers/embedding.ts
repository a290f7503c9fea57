import { gather } from '../ops/movement.ts';
import type { Value } from '../value.ts';
import type { Scope } from './scope.ts';

/** Rows of `weight` [count, width] chosen by int64 `ids` of any shape. */
export function embedding(scope: Scope, ids: Value, count: number, width: number): Value {
  return gather(scope.parameter('weight', [count, width]), ids);
}
