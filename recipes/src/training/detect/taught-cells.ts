/** Places of composed scenes with what they show: what the second head learns from. */
import { taughtStride } from '@darkroom/gpu-worker/models/centernet/taught-head';
import type { Dice } from '../../dice.ts';
import { type FeatureShard, featureNames, featureShapes, type TaughtInstance } from './feature-shards.ts';

/** Some places. */
export interface TaughtCells {
  /** What the head reads there, one row of `width` values per place. */
  readonly features: Float32Array;
  readonly width: number;
  /** Row of the noun that each shows the middle of, or one of the rows after the nouns. */
  readonly rows: Int32Array;
}

/** Places taken of a thing's middle, of its rim, and of what lies outside all things of a scene. */
const taken = { middle: 4, rim: 2, outside: 6 };

/** Rows after `count` nouns: nothing, and a thing that no taught noun names. */
export const restRows = 2;

interface Place {
  readonly x: number;
  readonly y: number;
  readonly row: number;
}

/** Draws places from every scene of a shard. */
export function cellsOfShard(
  shard: FeatureShard,
  { side, count, random }: { readonly side: number; readonly count: number; readonly random: Dice },
): TaughtCells {
  const shapes = featureShapes(1, side);
  const width = featureNames.reduce((sum, name) => sum + (shapes[name][1] as number), 0);
  const rows: number[] = [];
  const parts: Float32Array[] = [];
  for (let scene = 0; scene < shard.count; scene++) {
    const places = placesOf(shard.instances(scene), { cells: side / taughtStride, count, random });
    const maps = featureNames.map((name) => ({ data: shard.features(name, scene), shape: shapes[name] }));
    for (const { x, y, row } of places) {
      const read = maps.flatMap(({ data, shape: [, channels = 0, , cells = 0] }) => {
        const shrink = side / taughtStride / cells;
        const at = Math.floor(y / shrink) * cells + Math.floor(x / shrink);
        return Array.from({ length: channels }, (_, channel) => data[channel * cells * cells + at] as number);
      });
      parts.push(Float32Array.from(read));
      rows.push(row);
    }
  }
  const features = new Float32Array(width * parts.length);
  parts.forEach((part, i) => {
    features.set(part, i * width);
  });
  return { features, width, rows: Int32Array.from(rows) };
}

/** Places of one scene; where things overlap, the smaller is taken to be in front. */
function placesOf(
  instances: readonly TaughtInstance[],
  { cells, count, random }: { cells: number; count: number; random: Dice },
): Place[] {
  const [nothing, other] = [count, count + 1];
  // Per place: undefined outside, else which thing and whether its middle.
  const owner = new Map<number, { readonly thing: number; readonly isMiddle: boolean }>();
  const areas = instances.map(({ box: [x0, y0, x1, y1] }) => (x1 - x0) * (y1 - y0));
  const order = [...instances.keys()].sort((a, b) => (areas[b] as number) - (areas[a] as number));
  for (const thing of order) {
    const [x0, y0, x1, y1] = (instances[thing] as TaughtInstance).box.map((edge) => edge / taughtStride) as [
      number,
      number,
      number,
      number,
    ];
    for (let y = Math.max(0, Math.ceil(y0)); y < Math.min(cells, y1); y++) {
      for (let x = Math.max(0, Math.ceil(x0)); x < Math.min(cells, x1); x++) {
        const distance = Math.hypot((x - (x0 + x1) / 2) / (x1 - x0), (y - (y0 + y1) / 2) / (y1 - y0));
        owner.set(y * cells + x, { thing, isMiddle: distance < 0.2 });
      }
    }
  }
  const at = (place: number, row: number): Place => ({ x: place % cells, y: Math.floor(place / cells), row });
  const found: Place[] = [];
  for (const [thing, { row }] of instances.entries()) {
    const own = [...owner].filter(([, owned]) => owned.thing === thing);
    const middle = own.filter(([, { isMiddle }]) => isMiddle).map(([place]) => place);
    const rim = own.filter(([, { isMiddle }]) => !isMiddle).map(([place]) => place);
    found.push(...some(middle, taken.middle, random).map((place) => at(place, row < 0 ? other : row)));
    found.push(...some(rim, taken.rim, random).map((place) => at(place, nothing)));
  }
  const outside = Array.from({ length: cells * cells }, (_, place) => place).filter(
    (place) => !owner.has(place),
  );
  found.push(...some(outside, taken.outside, random).map((place) => at(place, nothing)));
  return found;
}

/** Up to `most` of a list, each once. */
function some(list: readonly number[], most: number, random: Dice): number[] {
  const rest = [...list];
  const chosen: number[] = [];
  while (chosen.length < most && rest.length > 0) {
    const [one] = rest.splice(Math.floor(random() * rest.length), 1);
    chosen.push(one as number);
  }
  return chosen;
}

/** Mean and deviation of every feature. */
export interface FeatureScale {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Mean and standard deviation of the columns. */
export function scaleOf({ features, width, rows }: TaughtCells): FeatureScale {
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < features.length; i++) {
    const value = features[i] as number;
    sums[i % width] = (sums[i % width] as number) + value;
    squares[i % width] = (squares[i % width] as number) + value * value;
  }
  const mean = Float32Array.from(sums, (sum) => sum / rows.length);
  const deviation = Float32Array.from(squares, (square, i) =>
    Math.sqrt(Math.max(1e-6, square / rows.length - (mean[i] as number) ** 2)),
  );
  return { mean, deviation };
}

/** Weights of a first layer for features as they are, from those for features of mean 0 and deviation 1. */
export function foldScale(
  weight: Float32Array,
  bias: Float32Array,
  { mean, deviation }: FeatureScale,
): { weight: Float32Array; bias: Float32Array } {
  const width = mean.length;
  const folded = weight.map((value, i) => value / (deviation[i % width] as number));
  const moved = bias.map((value, out) => {
    let shift = value;
    for (let i = 0; i < width; i++) shift -= (folded[out * width + i] as number) * (mean[i] as number);
    return shift;
  });
  return { weight: folded, bias: moved };
}
