/**
 * A grid of tokens in the order of its windows (ViTDet, Li et al. 2022, section 3), cut into blocks. A layer computes one
 * block after the other, so that what it stores in between stays in the processor's cache.
 */
import { concat, gather, narrow, reshape } from '@darkroom/graph/ops/movement';
import { axisSize } from '@darkroom/graph/shape';
import { constant, type Value } from '@darkroom/graph/value';

/** Row and column in a grid. */
export type Place = readonly [row: number, column: number];

/** Windows of one shape; those that the grid's end cuts off are smaller than the others. */
export interface Windows {
  readonly rows: number;
  readonly columns: number;
  /** The first token of each. */
  readonly corners: readonly Place[];
}

/** Windows that are computed together; their tokens lie one window after the other, each row by row. */
export type WindowBlock = readonly Windows[];

/** The windows of `size` in a grid: a block for each row of whole ones, and one for all that are cut off. */
export function windowBlocks([height, width]: Place, size: number): WindowBlock[] {
  const [rows, columns] = [height % size, width % size];
  const [below, right] = [height - rows, width - columns];
  const [tops, lefts] = [multiples(below, size), multiples(right, size)];
  const whole = tops.map((top) => [windowsAt(size, size, cross([top], lefts))]);
  const cutOff = [
    windowsAt(size, columns, cross(tops, [right])),
    windowsAt(rows, size, cross([below], lefts)),
    windowsAt(rows, columns, [[below, right]]),
  ];
  const present = [...whole, cutOff].map((block) => block.filter((windows) => tokensIn(windows) > 0));
  return present.filter((block) => block.length > 0);
}

const windowsAt = (rows: number, columns: number, corners: readonly Place[]): Windows => ({
  rows,
  columns,
  corners,
});

/** 0, step, 2 step … below `end`. */
function multiples(end: number, step: number): number[] {
  return Array.from({ length: end / step }, (_, i) => i * step);
}

function cross(rows: readonly number[], columns: readonly number[]): Place[] {
  return rows.flatMap((row) => columns.map((column): Place => [row, column]));
}

export function tokensIn({ rows, columns, corners }: Windows): number {
  return rows * columns * corners.length;
}

/** Where each token of a block lies in the grid. */
export function placesOf(block: WindowBlock): Place[] {
  return block.flatMap(({ rows, columns, corners }) =>
    corners.flatMap(([top, left]) =>
      placesIn(rows, columns).map(([row, column]): Place => [top + row, left + column]),
    ),
  );
}

/** The places of a window, row by row. */
export function placesIn(rows: number, columns: number): Place[] {
  return cross([...Array(rows).keys()], [...Array(columns).keys()]);
}

/** [N, H, W, C] -> the tokens of each block, [N, T, C]. */
export function cutBlocks(grid: Value, blocks: readonly WindowBlock[]): Value[] {
  const [batch, height, width, channels] = grid.shape as [number, number, number, number];
  const tokens = reshape(grid, [batch, height * width, channels]);
  return blocks.map((block) => gather(tokens, indices(placesOf(block).map(inGrid(width))), 1));
}

/** The inverse of {@link cutBlocks}. */
export function joinBlocks(
  tokens: readonly Value[],
  blocks: readonly WindowBlock[],
  [height, width]: Place,
): Value {
  const order = blocks.flatMap((block) => placesOf(block).map(inGrid(width)));
  const back = Array<number>(order.length);
  for (const [at, place] of order.entries()) back[place] = at;
  const joined = gather(concat(tokens, 1), indices(back), 1);
  return reshape(joined, [axisSize(joined.shape, 0), height, width, axisSize(joined.shape, 2)]);
}

const inGrid =
  (width: number) =>
  ([row, column]: Place): number =>
    row * width + column;

/** Row numbers as `gather` takes them. */
export function indices(numbers: readonly number[], shape: readonly number[] = [numbers.length]): Value {
  return constant(BigInt64Array.from(numbers, BigInt), shape);
}

/** A block's tokens [N, T, C] -> those of each of its shapes, [N, t, C]. */
export function byShape(tokens: Value, block: WindowBlock): Value[] {
  let end = 0;
  return block.map((windows) => {
    const start = end;
    end += tokensIn(windows);
    return narrow(tokens, 1, start, end);
  });
}
