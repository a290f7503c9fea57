/** What the second head should say of a scene, and how far it is off. */

import { type TaughtMaps, taughtStride } from '@darkroom/gpu-worker/models/centernet/taught-head';
import {
  abs,
  add,
  div,
  mul,
  neg,
  scale,
  shift,
  sigmoid,
  softplus,
  square,
  sub,
} from '@darkroom/graph/ops/elementwise';
import { reduceMean, reduceSum } from '@darkroom/graph/ops/reduction';
import { input, type Value } from '@darkroom/graph/value';

/** One thing of a scene. */
export interface TaughtInstance {
  /** Row of its noun; negative: no taught noun names it. */
  readonly row: number;
  /** In pixels of the scene. */
  readonly box: readonly [number, number, number, number];
}

/** Maps for one picture, [rows, side, side], [side, side] and [4, side, side]. */
export interface TaughtTargets {
  /** 1 at a thing's middle, falling off around it. */
  readonly heat: Float32Array;
  /** How much a place that should not answer counts: less where the photo behind may show anything. */
  readonly care: Float32Array;
  /** Distances to the sides in pixels. */
  readonly sides: Float32Array;
  /** How much the distances count at a place. */
  readonly weight: Float32Array;
}

/** Photos were never searched for the nouns, so a find there is hardly held against the head. */
const carePhoto = 0.1;

/** Gaussian heat around the middles, as wide as the things are (Liu et al. 2019, "TTFNet", section 3.2). */
export function taughtTargets(
  instances: readonly TaughtInstance[],
  { rows, side }: { rows: number; side: number },
): TaughtTargets {
  const area = side * side;
  const targets: TaughtTargets = {
    heat: new Float32Array(rows * area),
    care: new Float32Array(area).fill(carePhoto),
    sides: new Float32Array(4 * area),
    weight: new Float32Array(area),
  };
  // Small things last, so that they are not hidden in large ones.
  const ordered = instances.toSorted((a, b) => areaOf(b.box) - areaOf(a.box));
  for (const instance of ordered) drawInstance(targets, instance, side);
  return targets;
}

function drawInstance(targets: TaughtTargets, { row, box }: TaughtInstance, side: number): void {
  const [x0, y0, x1, y1] = box.map((edge) => edge / taughtStride) as [number, number, number, number];
  const [middleX, middleY] = [Math.round((x0 + x1) / 2), Math.round((y0 + y1) / 2)];
  const [spreadX, spreadY] = [Math.max(0.4, (x1 - x0) / 9), Math.max(0.4, (y1 - y0) / 9)];
  for (let y = Math.max(0, Math.floor(y0)); y < Math.min(side, Math.ceil(y1)); y++) {
    for (let x = Math.max(0, Math.floor(x0)); x < Math.min(side, Math.ceil(x1)); x++) {
      const place = y * side + x;
      targets.care[place] = 1;
      if (row < 0) continue;
      const height = Math.exp(
        -((x - middleX) ** 2) / (2 * spreadX ** 2) - (y - middleY) ** 2 / (2 * spreadY ** 2),
      );
      const at = row * side * side + place;
      targets.heat[at] = Math.max(targets.heat[at] as number, height);
      if (height < 0.3) continue;
      targets.weight[place] = height;
      const edges = [x - x0, y - y0, x1 - x, y1 - y];
      edges.forEach((edge, i) => {
        targets.sides[i * side * side + place] = edge * taughtStride;
      });
    }
  }
}

function areaOf([x0, y0, x1, y1]: TaughtInstance['box']): number {
  return (x1 - x0) * (y1 - y0);
}

/** Inputs of the loss by name. */
export function targetInputs(batch: number, { rows, side }: { rows: number; side: number }) {
  return {
    heat: input('heat', [batch, rows, side, side]),
    care: input('care', [batch, 1, side, side]),
    sides: input('sides', [batch, 4, side, side]),
    weight: input('weight', [batch, 1, side, side]),
  };
}

/** The penalty-reduced focal loss of the heat (Zhou et al. 2019, equation 1) and the relative error of the boxes. */
export function taughtLoss(
  { logits, sides }: TaughtMaps,
  targets: ReturnType<typeof targetInputs>,
): { loss: Value; heat: Value; box: Value } {
  const p = sigmoid(logits);
  const [present, absent] = [neg(softplus(neg(logits))), neg(softplus(logits))];
  // A high power of the heat is 1 at middles and falls off at once: no test for equality is needed.
  const isMiddle = square(square(square(square(targets.heat))));
  const found = mul(mul(isMiddle, square(shift(scale(p, -1), 1))), present);
  const far = square(square(shift(scale(targets.heat, -1), 1)));
  const silent = mul(mul(mul(far, targets.care), square(p)), absent);
  const middles = shift(reduceSum(isMiddle), 1);
  const heat = div(neg(reduceSum(add(found, silent))), middles);
  // Errors in parts of the box: left and right of its width, top and bottom of its height are near enough to their sum.
  const size = shift(reduceMean(targets.sides, { axes: [1], keepDims: true }), 1);
  const off = mul(abs(sub(sides, targets.sides)), div(targets.weight, size));
  const box = div(reduceSum(off), shift(reduceSum(targets.weight), 1));
  return { loss: add(heat, scale(box, 0.5)), heat, box };
}
