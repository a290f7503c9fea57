/** Targets of the finder: where the centres of things are, and how far their sides (Liu et al. 2019, "TTFNet"). */
import { mapStride } from '@darkroom/gpu-worker/models/centernet/heads';
import { objectIds } from '../../edits.ts';
import type { FindScene, FoundThing } from './find-scene.ts';

/** Feeds of the loss. */
export interface FindBatch {
  readonly image: Float32Array;
  readonly bells: Float32Array;
  readonly sides: Float32Array;
  readonly weight: Float32Array;
  readonly [name: string]: Float32Array;
}

/** Standard deviation of the bell as a share of the box's side. */
const spread = 0.54 / 6;
/** Places where the bell is lower teach nothing about the sides. */
const leastBell = 0.05;

export function findBatch(scenes: readonly FindScene[], side: number): FindBatch {
  const plane = side / mapStride;
  const area = plane * plane;
  const batch = {
    image: new Float32Array(scenes.length * 3 * side * side),
    bells: new Float32Array(scenes.length * objectIds.length * area),
    sides: new Float32Array(scenes.length * 4 * area),
    weight: new Float32Array(scenes.length * area),
  };
  for (const [row, { image, things }] of scenes.entries()) {
    const pixels = side * side;
    for (let c = 0; c < 3; c++)
      for (let at = 0; at < pixels; at++)
        batch.image[(row * 3 + c) * pixels + at] = image[at * 3 + c] as number;
    for (const thing of things) drawThing(batch, thing, row, plane);
  }
  return batch;
}

function drawThing(
  { bells: heat, sides, weight }: FindBatch,
  { object, box }: FoundThing,
  row: number,
  plane: number,
): void {
  const area = plane * plane;
  const [x0, y0, x1, y1] = box;
  const [centreX, centreY] = [x0 + x1, y0 + y1].map((sum) => {
    return Math.min(plane - 1, Math.round(sum / 2 / mapStride));
  }) as [number, number];
  const [wide, high] = [((x1 - x0) * spread) / mapStride, ((y1 - y0) * spread) / mapStride];
  const channel = (row * objectIds.length + objectIds.indexOf(object)) * area;
  for (let y = 0; y < plane; y++) {
    for (let x = 0; x < plane; x++) {
      const bell = Math.exp(-(((x - centreX) / wide) ** 2 + ((y - centreY) / high) ** 2) / 2);
      const at = y * plane + x;
      heat[channel + at] = Math.max(heat[channel + at] as number, bell < 0.01 ? 0 : bell);
      if (bell < leastBell || bell <= (weight[row * area + at] as number)) continue;
      weight[row * area + at] = bell;
      const distances = [x * mapStride - x0, y * mapStride - y0, x1 - x * mapStride, y1 - y * mapStride];
      distances.forEach((distance, i) => {
        sides[(row * 4 + i) * area + at] = Math.max(0.1, distance);
      });
    }
  }
}
