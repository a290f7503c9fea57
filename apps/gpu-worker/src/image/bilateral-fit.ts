import { equationSize, identityMap, mapSize, type Ridge, solveRidge, writeMoments } from './affine-fit.ts';
import { axisWeights, type BilateralGrid, lumaWeights, sliceBilateralGrid } from './bilateral-grid.ts';
import { assertFloat32Image, type Float32Image } from './raster.ts';

const cellPixels = 16;
const lumaBins = 8;
const globalRidge: Ridge = { slope: 1e-3, offset: 1e-5 };
const binRidge: Ridge = { slope: 0.5, offset: 0.02 };
const nodeRidge: Ridge = { slope: 0.1, offset: 0.01 };
/** Each round fits what the rounds before left over; the nodes' overlap makes one round alone too smooth. */
const fitRounds = 3;

/**
 * Fits the grid that turns `before` into `after` (same size, colours in [0, 1]): each node is a least-squares fit of
 * the pixels around it, pulled to the fit of its luma bin over the whole picture, and that to one global map.
 * An edit that is one affine map is recovered everywhere, also where no pixel was seen.
 * @throws TypeError where the sizes disagree.
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
  const shape = { columns, rows, bins: lumaBins };
  const grid = { ...shape, maps: new Float64Array(rows * columns * lumaBins * mapSize) };
  const global = fitGlobalMap(before, after);
  grid.maps.forEach((_, i) => {
    grid.maps[i] = global[i % mapSize] as number;
  });
  for (let round = 0; round < fitRounds; round++) {
    const left = leftOver(after, sliceBilateralGrid(grid, before));
    const equations = blurNodes(splat(before, left, shape), shape);
    addFit(grid, equations);
    if (round === fitRounds - 1) limitGains(grid, equations);
  }
  return grid;
}

/** Adds to every node the map that its equations ask for, first per luma bin over the whole picture, then per node. */
function addFit(grid: BilateralGrid, equations: Float64Array): void {
  const binMaps = fitBins(equations, grid.bins);
  const change = new Float64Array(mapSize);
  for (let to = 0, base = 0; to < grid.maps.length; to += mapSize, base += equationSize) {
    const prior = { maps: binMaps, from: to % binMaps.length };
    solveRidge({ values: equations, base }, prior, nodeRidge, { maps: change, to: 0 });
    for (let k = 0; k < mapSize; k++)
      grid.maps[to + k] = (grid.maps[to + k] as number) + (change[k] as number);
  }
}

const noChange = new Float64Array(mapSize);

interface GridShape {
  readonly columns: number;
  readonly rows: number;
  readonly bins: number;
}

/** Steeper maps than any edit of tone or colour needs would blow up the grain that only the full size shows. */
const gainLimit = 3;

/** Flattens maps that are too steep around the mean colour of their pixels, which keeps its value. */
function limitGains({ maps, bins }: BilateralGrid, equations: Float64Array): void {
  for (let map = 0, base = 0; map < maps.length; map += mapSize, base += equationSize) {
    const weight = equations[base + 9] as number;
    const grey = ((map / mapSize) % bins) / (bins - 1);
    for (let row = map; row < map + mapSize; row += 4) {
      const slopes = maps.subarray(row, row + 3);
      const gain = Math.max(Math.hypot(...slopes), Math.abs(slopes.reduce((sum, slope) => sum + slope)));
      if (gain <= gainLimit) continue;
      let atMean = 0;
      slopes.forEach((slope, c) => {
        const mean = weight > 0 ? (equations[base + (meanPlaces[c] as number)] as number) / weight : grey;
        atMean += slope * mean;
        slopes[c] = slope * (gainLimit / gain);
      });
      maps[row + 3] = (maps[row + 3] as number) + atMean * (1 - gainLimit / gain);
    }
  }
}

/** Where the equations keep Σ w r, Σ w g, Σ w b. */
const meanPlaces = [3, 6, 8] as const;

/** One map for the whole picture. */
function fitGlobalMap(before: Float32Image, after: Float32Image): Float64Array {
  const map = identityMap.slice();
  const equations = new Float64Array(equationSize);
  const moments = new Float64Array(equationSize);
  let left = leftOver(after, before);
  for (let round = 0; round < 4; round++) {
    equations.fill(0);
    for (let at = 0; at < left.length; at += 3) {
      writeMoments(moments, before.data, left, at);
      addScaled(equations, 0, moments, 1);
    }
    const change = new Float64Array(mapSize);
    solveRidge({ values: equations, base: 0 }, { maps: noChange, from: 0 }, globalRidge, {
      maps: change,
      to: 0,
    });
    change.forEach((value, k) => {
      map[k] = (map[k] as number) + value;
    });
    left = leftOver(after, applyMap(map, before));
  }
  return map;
}

function applyMap(map: Float64Array, image: Float32Image): Float32Image {
  const data = new Float32Array(image.data.length);
  for (let at = 0; at < data.length; at += 3) {
    for (let c = 0; c < 3; c++) {
      data[at + c] =
        (map[c * 4] as number) * (image.data[at] as number) +
        (map[c * 4 + 1] as number) * (image.data[at + 1] as number) +
        (map[c * 4 + 2] as number) * (image.data[at + 2] as number) +
        (map[c * 4 + 3] as number);
    }
  }
  return { ...image, data };
}

const clipMargin = 0.5 / 255;

/**
 * What is missing from a prediction. A colour clipped at 0 or 1 says only "at least this far": nothing is missing
 * where the prediction goes past the end.
 */
function leftOver(after: Float32Image, predicted: Float32Image): Float32Array {
  return after.data.map((y, i) => {
    const missing = y - (predicted.data[i] as number);
    if (y <= clipMargin) return Math.min(0, missing);
    return y >= 1 - clipMargin ? Math.max(0, missing) : missing;
  });
}

/** Every pixel's equations, shared among the 8 nodes around it by trilinear weight: [rows, columns, bins, 22]. */
function splat(before: Float32Image, target: Float32Array, shape: GridShape): Float64Array {
  const { columns, rows, bins } = shape;
  const equations = new Float64Array(rows * columns * bins * equationSize);
  const moments = new Float64Array(equationSize);
  const alongX = axisWeights(before.width, columns);
  const alongY = axisWeights(before.height, rows);
  const offsets = cornerOffsets(shape);
  const weights = new Float64Array(8);
  for (let y = 0, at = 0; y < before.height; y++) {
    const row = (alongY.first[y] as number) * columns;
    for (let x = 0; x < before.width; x++, at += 3) {
      writeMoments(moments, before.data, target, at);
      const level = lumaOf(before.data, at) * (bins - 1);
      const bin = Math.min(bins - 2, Math.floor(level));
      const node = (row + (alongX.first[x] as number)) * bins + bin;
      writeCornerWeights(weights, alongX.fraction[x] as number, alongY.fraction[y] as number, level - bin);
      for (let corner = 0; corner < 8; corner++) {
        const to = (node + (offsets[corner] as number)) * equationSize;
        addScaled(equations, to, moments, weights[corner] as number);
      }
    }
  }
  return equations;
}

/** How many nodes each corner of a cell lies after its first; bit 0 of the corner is x, bit 1 y, bit 2 luma. */
function cornerOffsets({ columns, bins }: GridShape): Int32Array {
  return new Int32Array(8).map((_, corner) => {
    return ((corner & 1) + ((corner >> 1) & 1) * columns) * bins + (corner >> 2);
  });
}

function writeCornerWeights(weights: Float64Array, fx: number, fy: number, fz: number): void {
  for (let corner = 0; corner < 8; corner++) {
    const inPlane = (corner & 1 ? fx : 1 - fx) * (corner & 2 ? fy : 1 - fy);
    weights[corner] = inPlane * (corner & 4 ? fz : 1 - fz);
  }
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
function fitBins(equations: Float64Array, bins: number): Float64Array {
  const pooled = new Float64Array(bins * equationSize);
  for (let i = 0; i < equations.length; i++) {
    pooled[i % pooled.length] = (pooled[i % pooled.length] as number) + (equations[i] as number);
  }
  const maps = new Float64Array(bins * mapSize);
  for (let bin = 0; bin < bins; bin++) {
    const out = { maps, to: bin * mapSize };
    solveRidge({ values: pooled, base: bin * equationSize }, { maps: noChange, from: 0 }, binRidge, out);
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
