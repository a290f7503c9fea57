/**
 * Decomposed relative positions (MViTv2, Li et al. 2022, section 4.1). The score of query (y, x) and key (v, u) is
 * q·k / sqrt(d) + q·rows[y - v] + q·columns[x - u]. Written as one product: a query is widened by its products with all rows
 * and all columns, a key by a 1 at its own row and a 1 at its own column. So the fused kernel applies, and scores
 * of every pair of tokens are never stored.
 */
import type { Dtype } from '@darkroom/graph/dtype';
import { resizeBilinear } from '@darkroom/graph/layers/resize';
import type { Scope } from '@darkroom/graph/layers/scope';
import { scale } from '@darkroom/graph/ops/elementwise';
import { matmul } from '@darkroom/graph/ops/matmul';
import { concat, gather, reshape, transpose } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import { constant, type Value } from '@darkroom/graph/value';
import { indices, type Place, type Windows } from './window-blocks.ts';

/** How queries and keys tell where they are. */
export interface Placing {
  /** Queries [N, T, C] of windows of one shape; they come divided by the root of a head's width. */
  query(x: Value, windows: Windows): Value;
  /** Keys [N, T, C] at these places. */
  key(x: Value, places: readonly Place[]): Value;
}

/** They do not. */
export const unplaced: Placing = { query: (x) => x, key: (x) => x };

/** What positions are made for. */
export interface PlacingOptions {
  /** Sides of the grid that is attended to. */
  readonly grid: Place;
  /** Side of the grid that the tables `rel_pos_h` and `rel_pos_w`, [2 S - 1, d], were trained for. */
  readonly trained: number;
  readonly heads: number;
  /** Width of a head. */
  readonly depth: number;
}

/** By distance in rows and in columns; queries and keys become as much wider as the grid has rows and columns. */
export function relativePlacing(scope: Scope, { grid, trained, heads, depth }: PlacingOptions): Placing {
  const table = (name: string, side: number): Value =>
    relativeRows(scale(scope.parameter(name, [2 * trained - 1, depth]), Math.sqrt(depth)), side);
  const [byRow, byColumn] = [table('rel_pos_h', grid[0]), table('rel_pos_w', grid[1])];
  return {
    query(x, { rows, columns, corners }) {
      const [batch, length] = x.shape as [number, number];
      const shape = [batch, corners.length, rows, columns, heads];
      const query = reshape(x, [...shape, depth]);
      const tops = tablesFrom(
        byRow,
        corners.map(([top]) => top),
        [rows],
      );
      const lefts = tablesFrom(
        byColumn,
        corners.map(([, left]) => left),
        [1, columns],
      );
      // Tokens of one row share its table, hence one larger product per row.
      const alongRows = matmul(reshape(x, [batch, corners.length, rows, columns * heads, depth]), tops);
      const wide = concat([query, reshape(alongRows, [...shape, grid[0]]), matmul(query, lefts)], -1);
      return reshape(wide, [batch, length, -1]);
    },
    key(x, places) {
      const [batch, length] = x.shape as [number, number];
      const codes = reshape(placeCodes(places, grid, x.dtype), [1, length, 1, -1]);
      const spread = expand(codes, [batch, length, heads, grid[0] + grid[1]]);
      return reshape(concat([reshape(x, [batch, length, heads, depth]), spread], -1), [batch, length, -1]);
    },
  };
}

/** Of each start the tables from there on, [starts, …shape, d, S]; one for all where all start alike. */
function tablesFrom(tables: Value, starts: readonly number[], shape: readonly number[]): Value {
  const distinct = new Set(starts).size === 1 ? starts.slice(0, 1) : starts;
  const length = shape.at(-1) as number;
  const chosen = distinct.flatMap((start) => Array.from({ length }, (_, i) => start + i));
  return gather(tables, indices(chosen, [distinct.length, ...shape]));
}

/** [T, H + W]: a 1 at each place's row, and one at H + its column. */
function placeCodes(places: readonly Place[], [height, width]: Place, dtype: Dtype): Value {
  const data = new Float32Array(places.length * (height + width));
  for (const [token, [row, column]] of places.entries()) {
    const at = token * (height + width);
    data[at + row] = 1;
    data[at + height + column] = 1;
  }
  return constant(data, [places.length, height + width], dtype);
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
  const index = Array.from(
    { length: side * side },
    (_, at) => Math.floor(at / side) - (at % side) + side - 1,
  );
  return transpose(gather(resized, indices(index, [side, side])), [0, 2, 1]);
}
