/** What tokens read, in the whole picture or in their window (ViTDet, Li et al. 2022, section 3). */
import { attention } from '@darkroom/graph/ops/matmul';
import { concat, reshape, split } from '@darkroom/graph/ops/movement';
import { expand } from '@darkroom/graph/ops/reduction';
import type { Value } from '@darkroom/graph/value';
import type { Placing } from './relative-attention.ts';
import { byShape, type Place, placesIn, placesOf, type WindowBlock, type Windows } from './window-blocks.ts';

/** One of a kind for queries, keys and values. */
export interface Triple<T> {
  readonly query: T;
  readonly key: T;
  readonly value: T;
}

/** How tokens attend. */
export interface ReadingOptions {
  readonly heads: number;
  readonly blocks: readonly WindowBlock[];
  readonly placing: Placing;
}

const joined = (tokens: readonly Value[]): Value => concat(tokens, 1);

/** Every token of a picture attends to all. @param tokens of each block, [N, T, C] */
export function readPicture(
  tokens: readonly Triple<Value>[],
  { heads, blocks, placing }: ReadingOptions,
): readonly Value[] {
  const placed = tokens.flatMap(({ query }, i) => {
    const block = blocks[i] as WindowBlock;
    return byShape(query, block).map((own, j) => placing.query(own, block[j] as Windows));
  });
  const key = placing.key(joined(tokens.map(({ key }) => key)), blocks.flatMap(placesOf));
  const value = joined(tokens.map(({ value }) => value));
  const lengths = blocks.map((block) => placesOf(block).length);
  return split(attention(joined(placed), key, value, { heads, scale: 1 }), lengths, 1);
}

/** How tokens attend to their windows. */
export interface WindowReadingOptions extends ReadingOptions {
  /** Side of a whole window. */
  readonly side: number;
  /**
   * What is projected of a token that is missing where the picture's end cuts a window off, [C]: the reference fills windows up
   * with zeros before the projection.
   */
  readonly missing: { readonly key: Value; readonly value: Value };
}

/** Every token attends to those of its window. @param tokens of each block, [N, T, C] */
export function readWindows(tokens: readonly Triple<Value>[], options: WindowReadingOptions): Value[] {
  return tokens.map(({ query, key, value }, i) => {
    const block = options.blocks[i] as WindowBlock;
    const [queries, keys, values] = [query, key, value].map((x) => byShape(x, block));
    return joined(
      block.map((windows, j) => {
        const own = { query: queries?.[j], key: keys?.[j], value: values?.[j] } as Triple<Value>;
        return readShape(own, windows, options);
      }),
    );
  });
}

const first: Place = [0, 0];

function readShape(
  { query, key, value }: Triple<Value>,
  windows: Windows,
  { heads, placing, side, missing }: WindowReadingOptions,
): Value {
  const { rows, columns, corners } = windows;
  const [batch, , channels] = query.shape as [number, number, number];
  const [count, length] = [batch * corners.length, rows * columns];
  const cutOff = placesIn(side, side).filter(([row, column]) => row >= rows || column >= columns);
  const filledUp = (x: Value, bias: Value): Value => {
    const present = reshape(x, [count, length, channels]);
    return cutOff.length === 0 ? present : joined([present, expand(bias, [count, cutOff.length, channels])]);
  };
  // Positions are told within a window.
  const placed = placing.query(query, { ...windows, corners: corners.map(() => first) });
  const read = attention(
    reshape(placed, [count, length, -1]),
    placing.key(filledUp(key, missing.key), [...placesIn(rows, columns), ...cutOff]),
    filledUp(value, missing.value),
    { heads, scale: 1 },
  );
  return reshape(read, query.shape);
}
