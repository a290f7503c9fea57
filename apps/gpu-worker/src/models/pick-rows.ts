import { add, cast } from '@darkroom/graph/ops/elementwise';
import { gather, reshape } from '@darkroom/graph/ops/movement';
import { constant, type Value } from '@darkroom/graph/value';

/** Row `index[b]` of each `x[b]`: x [B, S, D], index int64 [B] -> [B, D]. */
export function pickRows(x: Value, index: Value): Value {
  const [batch, length, width] = x.shape as [number, number, number];
  const starts = constant(
    BigInt64Array.from({ length: batch }, (_, i) => BigInt(i * length)),
    [batch],
  );
  return gather(reshape(x, [batch * length, width]), add(cast(index, 'int64'), starts));
}
