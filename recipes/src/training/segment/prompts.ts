/** Batches: scenes that a step draws, and what is first asked about their things. */
import { type PointKind, pointKinds } from '@darkroom/gpu-worker/models/sam/prompt-encoder';
import { addMark, drawPrior } from '@darkroom/gpu-worker/vision/prompt-map';
import { between, type Dice, dice } from '../../dice.ts';
import { maskStride, type PreparedInstance, type PreparedScene } from './scene-chunk.ts';
import { firstSlots, type SegmentShape } from './segment-model.ts';

/** Feeds of `segmentTraining`. */
export interface SegmentBatch {
  readonly image: Float32Array;
  readonly points: Float32Array;
  readonly kinds: BigInt64Array;
  readonly prior: Float32Array;
  readonly marks: Float32Array;
  readonly target: Float32Array;
  readonly chance: Float32Array;
  readonly keeps: Uint8Array;
  readonly [name: string]: Float32Array | BigInt64Array | Uint8Array;
}

type Token = readonly [x: number, y: number, kind: PointKind];

/** How often a later round is told the mask before. */
const keepShare = 0.8;

/** The batch of a step: the same seed and step draw the same from the same window. */
export function segmentBatch(
  window: readonly PreparedScene[],
  shape: SegmentShape,
  side: number,
  seed: number,
  step: number,
): SegmentBatch {
  const random = dice(seed + 1, step);
  const rows = shape.images * shape.prompts;
  const plane = (side / maskStride) ** 2;
  const batch: SegmentBatch = {
    image: new Float32Array(shape.images * 3 * side * side),
    points: new Float32Array(rows * firstSlots * 2),
    kinds: new BigInt64Array(rows * firstSlots).fill(BigInt(pointKinds.absent)),
    prior: new Float32Array(rows * plane),
    marks: new Float32Array(rows * plane),
    target: new Float32Array(rows * plane),
    chance: new Float32Array(rows * plane),
    keeps: Uint8Array.from({ length: rows }, () => Number(random() < keepShare)),
  };
  for (let i = 0; i < shape.images; i++) {
    const scene = window[Math.floor(random() * window.length)] as PreparedScene;
    layImage(scene.image, batch.image.subarray(i * 3 * side * side, (i + 1) * 3 * side * side));
    for (let p = 0; p < shape.prompts; p++) {
      const row = i * shape.prompts + p;
      const instance = scene.instances[Math.floor(random() * scene.instances.length)] as PreparedInstance;
      const tokens = drawPrompt(instance, random);
      tokens.forEach(([x, y, kind], slot) => {
        batch.points.set([x, y], (row * firstSlots + slot) * 2);
        batch.kinds[row * firstSlots + slot] = BigInt(pointKinds[kind]);
      });
      const part = [row * plane, (row + 1) * plane] as const;
      layPrompt(tokens, side / maskStride, {
        prior: batch.prior.subarray(...part),
        marks: batch.marks.subarray(...part),
      });
      batch.target.set(
        Float32Array.from(instance.mask, (value) => value / 255),
        row * plane,
      );
      layChance(scene, side / maskStride, batch.chance.subarray(row * plane, (row + 1) * plane), random);
    }
  }
  return batch;
}

/** Draws a prompt as the predictor does. */
function layPrompt(
  tokens: readonly Token[],
  plane: number,
  { prior, marks }: { readonly prior: Float32Array; readonly marks: Float32Array },
): void {
  const corner = (wanted: PointKind): readonly [number, number] | undefined => {
    const found = tokens.find(([, , kind]) => kind === wanted);
    return found && [found[0], found[1]];
  };
  const [low, high] = [corner('topLeft'), corner('bottomRight')];
  drawPrior(prior, plane, { box: low && high && [low, high] });
  for (const [x, y, kind] of tokens) {
    if (kind === 'foreground' || kind === 'background') addMark(marks, plane, [x, y], kind === 'foreground');
  }
}

/** Bytes [side, side, 3] to planes [3, side, side]. */
function layImage(bytes: Uint8Array, to: Float32Array): void {
  const area = bytes.length / 3;
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < 3; c++) to[c * area + i] = bytes[i * 3 + c] as number;
  }
}

/** Chance of a corrective click: between 0.6 and 1 in the picture, 0 in the padding. */
function layChance({ size }: PreparedScene, plane: number, to: Float32Array, random: Dice): void {
  const [width, height] = [size.width / maskStride, size.height / maskStride];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) to[y * plane + x] = 0.6 + 0.4 * random();
  }
}

/** A first prompt of at most four tokens: one click half of the time, else a box, both, or several clicks. */
export function drawPrompt(instance: PreparedInstance, random: Dice): readonly Token[] {
  const { inside, outside } = instance;
  const clickAt = (places: Float32Array, index: number, kind: PointKind): Token => {
    const wobble = (): number => between(random, -maskStride / 2, maskStride / 2);
    return [(places[2 * index] as number) + wobble(), (places[2 * index + 1] as number) + wobble(), kind];
  };
  const some = (places: Float32Array): number => Math.floor((random() * places.length) / 2);
  const first = clickAt(inside, random() < 0.4 ? 0 : some(inside), 'foreground');
  const roll = random();
  if (roll < 0.45) return [first, [0, 0, 'none']];
  if (roll < 0.77) return boxTokens(instance, random);
  if (roll < 0.85) return [first, ...boxTokens(instance, random)];
  const more = Array.from({ length: random() < 0.5 ? 1 : 2 }, () =>
    random() < 0.5 && outside.length > 0
      ? clickAt(outside, some(outside), 'background')
      : clickAt(inside, some(inside), 'foreground'),
  );
  return [first, ...more, [0, 0, 'none']];
}

/** The corners, each coordinate off by up to a tenth of the side. */
function boxTokens({ box }: PreparedInstance, random: Dice): readonly Token[] {
  const [x0, y0, x1, y1] = box;
  const off = (length: number): number => 0.1 * length * between(random, -1, 1) * random();
  const [width, height] = [x1 - x0, y1 - y0];
  return [
    [x0 + off(width), y0 + off(height), 'topLeft'],
    [x1 + off(width), y1 + off(height), 'bottomRight'],
  ];
}
