/** Composed scenes ready for training, made a number at a time: pictures as bytes, masks at the decoder's size. */
import { deepestPixel, squaredDepth } from '../../compositions/interior.ts';
import { composeScene, type SceneInstance, type SceneSources } from '../../compositions/scene.ts';
import { worn } from '../../compositions/wear.ts';
import { between, type Dice, dice } from '../../dice.ts';
import type { Mask } from '../../pixels.ts';
import type { Size } from '../view.ts';

/** Pixels of a picture for one of a mask. */
export const maskStride = 4;

/** What may be asked about one thing of a scene. Coordinates are pixels of the padded picture. */
export interface PreparedInstance {
  /** Matte in bytes, [side / 4, side / 4]. */
  readonly mask: Uint8Array;
  /** [x0, y0, x1, y1] */
  readonly box: readonly [number, number, number, number];
  /** Places inside, in pairs x, y: the deepest first, then some by chance that are not at the edge. */
  readonly inside: Float32Array;
  /** Places outside but near, in pairs. */
  readonly outside: Float32Array;
}

/** A scene in a square, at its top left. */
export interface PreparedScene {
  /** Interleaved RGB, [side, side, 3]; the padding is 0. */
  readonly image: Uint8Array;
  /** Of the picture in the square. */
  readonly size: Size;
  readonly instances: readonly PreparedInstance[];
}

/** Which scenes to make. */
export interface ScenePlan {
  /** Side of the square. */
  readonly side: number;
  readonly seed: number;
  /** Scenes of a chunk. */
  readonly scenes: number;
}

/** Places that are kept of each thing, of either kind. */
const places = 6;

/** Makes chunk `index` of the endless list that the seed names; scenes where nothing can be asked about are left out. */
export async function makeScenes(
  sources: SceneSources,
  plan: ScenePlan,
  index: number,
): Promise<PreparedScene[]> {
  const scenes: PreparedScene[] = [];
  for (let i = 0; i < plan.scenes; i++) {
    const scene = await prepareScene(sources, plan.side, dice(plan.seed, index * plan.scenes + i));
    if (scene.instances.length > 0) scenes.push(scene);
  }
  return scenes;
}

/** One scene with sides of 0.55 to 1 of the square's. */
export async function prepareScene(
  sources: SceneSources,
  side: number,
  random: Dice,
): Promise<PreparedScene> {
  const short = maskStride * Math.round((side * between(random, 0.55, 1)) / maskStride);
  const size = random() < 0.6 ? { width: side, height: short } : { width: short, height: side };
  const { image, instances } = composeScene(sources, size, random);
  const bytes = await worn(image, random);
  const square = new Uint8Array(side * side * 3);
  for (let y = 0; y < size.height; y++) {
    const row = bytes.subarray(y * size.width * 3, (y + 1) * size.width * 3);
    square.set(row, y * side * 3);
  }
  return {
    image: square,
    size,
    instances: instances.flatMap((instance) => prepareInstance(instance, side, random)),
  };
}

function prepareInstance({ mask, box }: SceneInstance, side: number, random: Dice): PreparedInstance[] {
  const small = reducedMask(mask, side);
  const plane = { width: side / maskStride, height: side / maskStride };
  const isInside = small.map((value) => (value >= 128 ? 1 : 0));
  const depth = squaredDepth(isInside, plane);
  const deepest = deepestPixel(depth);
  if (deepest === undefined) return [];
  const limit = 0.1 * (depth[deepest] as number);
  const inner = [...depth.keys()].filter((i) => (depth[i] as number) > limit);
  const [x0, y0, x1, y1] = box.map((value) => value / maskStride) as [number, number, number, number];
  const reach = Math.max(x1 - x0, y1 - y0, 8) * 0.4;
  const isNear = (i: number): boolean => {
    const [x, y] = [i % plane.width, Math.floor(i / plane.width)];
    return x > x0 - reach && x < x1 + reach && y > y0 - reach && y < y1 + reach;
  };
  const isInPicture = (i: number): boolean =>
    (i % plane.width) * maskStride < mask.width && Math.floor(i / plane.width) * maskStride < mask.height;
  const outer = [...small.keys()].filter((i) => (small[i] as number) < 16 && isNear(i) && isInPicture(i));
  const pick = (from: readonly number[]): number[] =>
    Array.from({ length: places }, () => from[Math.floor(random() * from.length)] ?? deepest);
  return [
    {
      mask: small,
      box,
      inside: centresOf([deepest, ...pick(inner)], plane.width),
      outside: centresOf(outer.length > 0 ? pick(outer) : [], plane.width),
    },
  ];
}

/** Middles of the mask's pixels, in pixels of the picture. */
function centresOf(indices: readonly number[], width: number): Float32Array {
  return Float32Array.from(
    indices.flatMap((i) => [i % width, Math.floor(i / width)]).map((value) => (value + 0.5) * maskStride),
  );
}

/** Mean over blocks of 4 × 4 pixels, in bytes, laid into the square; sides are multiples of 4. */
function reducedMask({ width, height, data }: Mask, side: number): Uint8Array {
  const plane = side / maskStride;
  const sums = new Float32Array(plane * plane);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = Math.floor(y / maskStride) * plane + Math.floor(x / maskStride);
      sums[at] = (sums[at] as number) + (data[y * width + x] as number);
    }
  }
  return Uint8Array.from(sums, (sum) => Math.round((255 * sum) / maskStride ** 2));
}
