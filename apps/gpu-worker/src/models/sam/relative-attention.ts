/** Self-attention over a grid with decomposed relative positions (MViTv2, Li et al. 2022, section 4.1). */
import type { Dtype } from '@darkroom/graph/dtype';
import { resizeBilinear } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { scale } from '@darkroom/graph/ops/elementwise';
import { attention, matmul } from '@darkroom/graph/ops/matmul';
import { concat, gather, reshape, transpose } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import { constant, type Value } from '@darkroom/graph/value';

/** How a grid attends to itself. */
export interface GridAttentionOptions {
  readonly heads: number;
  /** Side of the grid that the position tables were trained for; absent: positions do not tell. */
  readonly tableSide?: number;
}

/** Queries, keys and values of every token, each [N, H, W, C]. */
export interface GridTokens {
  /** Divided by the root of a head's width. */
  readonly query: Value;
  readonly key: Value;
  readonly value: Value;
}

/** What each token reads, [N, H, W, C], before the output projection. */
export function gridAttention(
  scope: Scope,
  tokens: GridTokens,
  { heads, tableSide }: GridAttentionOptions,
): Value {
  const { value } = tokens;
  const [batch, height, width] = value.shape as [number, number, number];
  const { query, key } =
    tableSide === undefined ? tokens : withPositions(scope, tokens, { heads, tableSide });
  const flat = (x: Value): Value => reshape(x, [batch, height * width, -1]);
  return reshape(attention(flat(query), flat(key), flat(value), { heads, scale: 1 }), value.shape);
}

type QueryKey = Pick<GridTokens, 'query' | 'key'>;

/**
 * The score of query (y, x) and key (v, u) is q·k / sqrt(d) + q·rows[y - v] + q·columns[x - u]. Written as one product:
 * the query is widened by its products with all rows and columns, the key by a 1 at its own row and its own column. So
 * the fused kernel applies, and scores of every pair of tokens are never stored.
 */
function withPositions(
  scope: Scope,
  { query, key }: QueryKey,
  { heads, tableSide }: Required<GridAttentionOptions>,
): QueryKey {
  const [batch, height, width, channels] = query.shape as [number, number, number, number];
  const depth = channels / heads;
  const perHead = (x: Value): Value => reshape(x, [batch, height, width, heads, -1]);
  // The query comes divided by sqrt(d).
  const table = (name: string, side: number): Value =>
    relativeRows(scale(scope.parameter(name, [2 * tableSide - 1, depth]), Math.sqrt(depth)), side);
  // Tokens of one grid row share the table's slice, hence one larger product per row.
  const byRow = matmul(reshape(query, [batch, height, width * heads, depth]), table('rel_pos_h', height));
  const byColumn = matmul(perHead(query), table('rel_pos_w', width));
  const place = expand(gridPlaces([height, width], scope.dtype), [
    batch,
    height,
    width,
    heads,
    height + width,
  ]);
  return {
    query: concat([perHead(query), perHead(byRow), byColumn], -1),
    key: concat([perHead(key), place], -1),
  };
}

/**
 * Rows of a table [2 S - 1, d] by distance, as [side, d, side]: entry (i, :, j) is the row for distance i - j. A table for
 * another side is interpolated linearly, as the reference does.
 */
export function relativeRows(table: Value, side: number): Value {
  const [length, depth] = table.shape as [number, number];
  const distances = 2 * side - 1;
  const resized =
    length === distances
      ? table
      : reshape(resizeBilinear(reshape(table, [1, 1, length, depth]), distances, depth), [distances, depth]);
  const index = BigInt64Array.from({ length: side * side }, (_, at) =>
    BigInt(Math.floor(at / side) - (at % side) + side - 1),
  );
  return transpose(gather(resized, constant(index, [side, side])), [0, 2, 1]);
}

/** [1, H, W, 1, H + W]: a 1 at each token's row, and one at H + its column. */
function gridPlaces([height, width]: readonly [number, number], dtype: Dtype): Value {
  const data = new Float32Array(height * width * (height + width));
  for (let token = 0; token < height * width; token++) {
    const at = token * (height + width);
    data[at + Math.floor(token / width)] = 1;
    data[at + height + (token % width)] = 1;
  }
  return constant(data, [1, height, width, 1, height + width], dtype);
}
