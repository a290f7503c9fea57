import { mapSize } from './affine-fit.ts';
import { assertFloat32Image, type Float32Image } from './raster.ts';

/**
 * Affine colour maps on a coarse lattice over (x, y, luma), after Chen, Adams, Wadhwa, Hasinoff,
 * "Bilateral Guided Upsampling", SIGGRAPH Asia 2016. Nodes lie on the picture's borders too.
 */
export interface BilateralGrid {
  /** Nodes along x, at least 2. */
  readonly columns: number;
  /** Nodes along y, at least 2. */
  readonly rows: number;
  /** Nodes along luma, from 0 to 1. */
  readonly bins: number;
  /** [rows, columns, bins, 12], colours in [0, 1]; the layout of a map is that of affine-fit. */
  readonly maps: Float64Array;
}

/** What luma means for the grid: Rec. 601 weights on sRGB-encoded values. */
export const lumaWeights = { red: 0.299, green: 0.587, blue: 0.114 } as const;

/** The two nodes around each of `length` pixel centres on an axis of `nodes` nodes: index of the first, weight of the second. */
export interface AxisWeights {
  readonly first: Int32Array;
  readonly fraction: Float64Array;
}

/** Places the centres of `length` pixels on an axis whose `nodes` nodes span the picture from border to border. */
export function axisWeights(length: number, nodes: number): AxisWeights {
  const first = new Int32Array(length);
  const fraction = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const position = ((i + 0.5) / length) * (nodes - 1);
    const node = Math.min(nodes - 2, Math.floor(position));
    first[i] = node;
    fraction[i] = position - node;
  }
  return { first, fraction };
}

/** Applies a grid to the rows of a picture of any size, one row after the other. */
export interface RowSlicer {
  /** Maps row `y`: `colours` and `mapped` are [width, 3] in [0, 1]; the result is not clamped. */
  readonly slice: (y: number, colours: Float32Array, mapped: Float32Array) => void;
}

/** Prepares slicing for a picture of the given size; each pixel's own luma is its guide. */
export function createRowSlicer(grid: BilateralGrid, width: number, height: number): RowSlicer {
  const alongX = axisWeights(width, grid.columns);
  const alongY = axisWeights(height, grid.rows);
  const rowMaps = new Float64Array(grid.columns * grid.bins * mapSize);
  return {
    slice(y, colours, mapped) {
      blendGridRows(grid, alongY.first[y] as number, alongY.fraction[y] as number, rowMaps);
      sliceRow(rowMaps, grid.bins, alongX, colours, mapped);
    },
  };
}

/** Applies the grid to a whole picture; colours are not clamped. */
export function sliceBilateralGrid(grid: BilateralGrid, image: Float32Image): Float32Image {
  assertFloat32Image(image, 'image');
  const { width, height, data } = image;
  const mapped = new Float32Array(data.length);
  const slicer = createRowSlicer(grid, width, height);
  for (let y = 0; y < height; y++) {
    const [from, to] = [y * width * 3, (y + 1) * width * 3];
    slicer.slice(y, data.subarray(from, to), mapped.subarray(from, to));
  }
  return { width, height, data: mapped };
}

/** The maps at one height between grid rows: [columns, bins, 12]. */
function blendGridRows(grid: BilateralGrid, row: number, fraction: number, blended: Float64Array): void {
  const upper = row * blended.length;
  const lower = upper + blended.length;
  for (let i = 0; i < blended.length; i++) {
    const above = grid.maps[upper + i] as number;
    blended[i] = above + fraction * ((grid.maps[lower + i] as number) - above);
  }
}

/** Bilinear in (x, luma) between the four maps around each pixel, applied at once. */
function sliceRow(
  maps: Float64Array,
  bins: number,
  alongX: AxisWeights,
  colours: Float32Array,
  mapped: Float32Array,
): void {
  const nextColumn = bins * mapSize;
  const { red, green, blue } = lumaWeights;
  const width = alongX.first.length;
  for (let x = 0, at = 0; x < width; x++, at += 3) {
    const r = colours[at] as number;
    const g = colours[at + 1] as number;
    const b = colours[at + 2] as number;
    const level = Math.min(1, Math.max(0, red * r + green * g + blue * b)) * (bins - 1);
    const bin = Math.min(bins - 2, Math.floor(level));
    const fx = alongX.fraction[x] as number;
    const w11 = fx * (level - bin);
    const w10 = fx - w11;
    const w01 = level - bin - w11;
    const w00 = 1 - fx - w01;
    let i = ((alongX.first[x] as number) * bins + bin) * mapSize;
    for (let c = 0; c < 3; c++, i += 4) {
      const j = i + mapSize;
      const k = i + nextColumn;
      const l = k + mapSize;
      mapped[at + c] =
        r * blend(maps, w00, i, w01, j, w10, k, w11, l) +
        g * blend(maps, w00, i + 1, w01, j + 1, w10, k + 1, w11, l + 1) +
        b * blend(maps, w00, i + 2, w01, j + 2, w10, k + 2, w11, l + 2) +
        blend(maps, w00, i + 3, w01, j + 3, w10, k + 3, w11, l + 3);
    }
  }
}

function blend(
  maps: Float64Array,
  w00: number,
  i: number,
  w01: number,
  j: number,
  w10: number,
  k: number,
  w11: number,
  l: number,
): number {
  return (
    w00 * (maps[i] as number) +
    w01 * (maps[j] as number) +
    w10 * (maps[k] as number) +
    w11 * (maps[l] as number)
  );
}
