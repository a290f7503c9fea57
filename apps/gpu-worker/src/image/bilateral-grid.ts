import { equationSize, identityMap, mapSize, type Ridge, solveRidge, writeMoments } from './affine-fit.ts';
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

const cellPixels = 16;
const lumaBins = 8;
const globalRidge: Ridge = { slope: 1e-3, offset: 1e-5 };
const binRidge: Ridge = { slope: 2, offset: 0.05 };
const nodeRidge: Ridge = { slope: 1, offset: 0.05 };

/**
 * Fits the grid that turns `before` into `after` (same size, colours in [0, 1]): each node is a least-squares fit of
 * the pixels around it, pulled to the fit of its luma bin over the whole picture, and that to one global map.
 * An edit that is one affine map is recovered everywhere, also where no pixel was seen.
 */
export function fitBilateralGrid(before: Float32Image, after: Float32Image): BilateralGrid {
  assertFloat32Image(before, 'before');
  assertFloat32Image(after, 'after');
  if (before.width !== after.width || before.height !== after.height) {
    throw new TypeError(
      `after: expected the size of before, ${before.width}×${before.height}, got ${after.width}×${after.height}`,
    );
  }
  const columns = Math.max(1, Math.round(before.width / cellPixels)) + 1;
  const rows = Math.max(1, Math.round(before.height / cellPixels)) + 1;
  const global = fitGlobalMap(before, after);
  const equations = splat(before, global.target, { columns, rows, bins: lumaBins });
  const binMaps = fitBins(equations, lumaBins, global.map);
  const smooth = blurNodes(equations, { columns, rows, bins: lumaBins });
  const maps = new Float64Array(rows * columns * lumaBins * mapSize);
  for (let node = 0; node < rows * columns * lumaBins; node++) {
    solveRidge(
      { values: smooth, base: node * equationSize },
      { maps: binMaps, from: (node % lumaBins) * mapSize },
      nodeRidge,
      { maps, to: node * mapSize },
    );
  }
  return { columns, rows, bins: lumaBins, maps };
}

interface GridShape {
  readonly columns: number;
  readonly rows: number;
  readonly bins: number;
}

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

/**
 * One map for the whole picture, and the targets it was fitted to: where `after` is clipped at 0 or 1 and the map goes
 * past the end, the map's own value stands in (a censored observation says only "at least this much").
 */
function fitGlobalMap(
  before: Float32Image,
  after: Float32Image,
): { map: Float64Array; target: Float32Array } {
  const map = identityMap.slice();
  const equations = new Float64Array(equationSize);
  const moments = new Float64Array(equationSize);
  let target = after.data;
  for (let round = 0; round < 4; round++) {
    equations.fill(0);
    for (let at = 0; at < target.length; at += 3) {
      writeMoments(moments, before.data, target, at);
      for (let k = 0; k < equationSize; k++) equations[k] = (equations[k] as number) + (moments[k] as number);
    }
    solveRidge({ values: equations, base: 0 }, { maps: identityMap, from: 0 }, globalRidge, {
      maps: map,
      to: 0,
    });
    target = censoredTarget(before.data, after.data, map);
  }
  return { map, target };
}

const clipMargin = 0.5 / 255;

function censoredTarget(source: Float32Array, after: Float32Array, map: Float64Array): Float32Array {
  const target = after.slice();
  for (let at = 0; at < target.length; at += 3) {
    for (let c = 0; c < 3; c++) {
      const y = after[at + c] as number;
      if (y > clipMargin && y < 1 - clipMargin) continue;
      const predicted =
        (map[c * 4] as number) * (source[at] as number) +
        (map[c * 4 + 1] as number) * (source[at + 1] as number) +
        (map[c * 4 + 2] as number) * (source[at + 2] as number) +
        (map[c * 4 + 3] as number);
      target[at + c] = y <= clipMargin ? Math.min(y, predicted) : Math.max(y, predicted);
    }
  }
  return target;
}

/** Every pixel's equations, shared among the 8 nodes around it by trilinear weight: [rows, columns, bins, 22]. */
function splat(before: Float32Image, target: Float32Array, shape: GridShape): Float64Array {
  const { columns, rows, bins } = shape;
  const equations = new Float64Array(rows * columns * bins * equationSize);
  const moments = new Float64Array(equationSize);
  const alongX = axisWeights(before.width, columns);
  const alongY = axisWeights(before.height, rows);
  for (let y = 0, at = 0; y < before.height; y++) {
    for (let x = 0; x < before.width; x++, at += 3) {
      writeMoments(moments, before.data, target, at);
      const level = lumaOf(before.data, at) * (bins - 1);
      const bin = Math.min(bins - 2, Math.floor(level));
      const fx = alongX.fraction[x] as number;
      const fy = alongY.fraction[y] as number;
      for (let corner = 0; corner < 8; corner++) {
        const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
        const weight = (dx ? fx : 1 - fx) * (dy ? fy : 1 - fy) * (dz ? level - bin : 1 - level + bin);
        const row = (alongY.first[y] as number) + dy;
        const column = (alongX.first[x] as number) + dx;
        addScaled(equations, ((row * columns + column) * bins + bin + dz) * equationSize, moments, weight);
      }
    }
  }
  return equations;
}

function addScaled(target: Float64Array, base: number, values: Float64Array, weight: number): void {
  for (let k = 0; k < equationSize; k++) {
    target[base + k] = (target[base + k] as number) + weight * (values[k] as number);
  }
}

function lumaOf(colours: Float32Array, at: number): number {
  const luma =
    lumaWeights.red * (colours[at] as number) +
    lumaWeights.green * (colours[at + 1] as number) +
    lumaWeights.blue * (colours[at + 2] as number);
  return Math.min(1, Math.max(0, luma));
}

/** One map per luma bin from all the picture's pixels: [bins, 12]. */
function fitBins(equations: Float64Array, bins: number, global: Float64Array): Float64Array {
  const pooled = new Float64Array(bins * equationSize);
  for (let i = 0; i < equations.length; i++) {
    pooled[i % pooled.length] = (pooled[i % pooled.length] as number) + (equations[i] as number);
  }
  const maps = new Float64Array(bins * mapSize);
  for (let bin = 0; bin < bins; bin++) {
    const out = { maps, to: bin * mapSize };
    solveRidge({ values: pooled, base: bin * equationSize }, { maps: global, from: 0 }, binRidge, out);
  }
  return maps;
}

/** Blurs the equations with [1 2 1]/4 along x and y and [1 4 1]/6 along luma, so that neighbours support each other. */
function blurNodes(equations: Float64Array, { columns, rows, bins }: GridShape): Float64Array {
  const alongLuma = blurAxis(equations, { count: bins, stride: equationSize }, 1 / 6);
  const alongX = blurAxis(alongLuma, { count: columns, stride: bins * equationSize }, 1 / 4);
  return blurAxis(alongX, { count: rows, stride: columns * bins * equationSize }, 1 / 4);
}

function blurAxis(
  values: Float64Array,
  axis: { readonly count: number; readonly stride: number },
  side: number,
): Float64Array {
  const blurred = new Float64Array(values.length);
  const { count, stride } = axis;
  for (let i = 0; i < values.length; i++) {
    const place = Math.floor(i / stride) % count;
    let sum = (1 - 2 * side) * (values[i] as number);
    if (place > 0) sum += side * (values[i - stride] as number);
    if (place < count - 1) sum += side * (values[i + stride] as number);
    blurred[i] = sum;
  }
  return blurred;
}
