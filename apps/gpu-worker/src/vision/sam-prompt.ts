/** Prompts as people give them, in pixels of the picture, and as the network takes them. */
import { AppError } from '@darkroom/shared/errors';
import type { Size } from '../image/resize.ts';
import { type PointKind, pointKinds } from '../models/sam/prompt-encoder.ts';
import { type Box, scaleBox } from './boxes.ts';
import { type Fit, toSquare } from './sam-image.ts';

/** A click on the object, or beside it. */
export interface Click {
  readonly x: number;
  readonly y: number;
  /** Whether the object is here. */
  readonly isInside: boolean;
}

/** What tells one object: clicks, a box around it, and small logits of an earlier answer, in any combination. */
export interface SamPrompt {
  readonly points?: readonly Click[];
  readonly box?: Box;
  /** Logits [4 h, 4 w] of an earlier answer; h and w are the sides of the network's grid. */
  readonly mask?: Float32Array;
}

/**
 * @param maskLength elements of a mask's logits
 * @throws invalid_request naming the field: nothing to go by, a point outside, a box without area, a mask of another size
 */
export function assertPrompt(
  { points = [], box, mask }: SamPrompt,
  { width, height }: Size,
  maskLength: number,
): void {
  if (points.length === 0 && !box && !mask)
    refuse('points', 'expected at least one point, a box or a mask, got none');
  points.forEach(({ x, y }, i) => {
    const isInPicture = x >= 0 && y >= 0 && x <= width && y <= height;
    if (!isInPicture)
      refuse(`points.${i}`, `expected a place in the picture of ${width}×${height}, got ${x}, ${y}`);
  });
  if (box) {
    const [left, top, right, bottom] = box;
    const isInPicture = left >= 0 && top >= 0 && right <= width && bottom <= height;
    if (!isInPicture)
      refuse('box', `expected a box in the picture of ${width}×${height}, got ${box.join(', ')}`);
    if (!(right > left && bottom > top)) refuse('box', `expected x0 < x1 and y0 < y1, got ${box.join(', ')}`);
  }
  if (mask && mask.length !== maskLength) refuse('mask', `expected ${maskLength} logits, got ${mask.length}`);
}

/** The same prompt on a picture whose sides are `share` times as long; what it carries of an earlier answer stays. */
export function scalePrompt({ points, box, mask }: SamPrompt, share: number): SamPrompt {
  return {
    ...(points && { points: points.map(({ x, y, isInside }) => ({ x: x * share, y: y * share, isInside })) }),
    ...(box && { box: scaleBox(box, share, share) }),
    ...(mask && { mask }),
  };
}

function refuse(field: string, words: string): never {
  throw new AppError('invalid_request', { message: `${field}: ${words}`, details: { field } });
}

/** How many tokens a prompt becomes: its clicks, and two corners or one that stands for the lack of a box. */
export function tokenCount({ points = [], box }: SamPrompt): number {
  return points.length + (box ? 2 : 1);
}

/** Numbers of token slots that sessions are compiled for: a prompt takes the next larger one, and the rest stay absent. */
export function slotCount(tokens: number): number {
  return Math.max(4, 2 ** Math.ceil(Math.log2(tokens)));
}

/** Prompts as feeds. */
export interface PromptTokens {
  /** [P, slots, 2], in pixels of the network's square. */
  readonly points: Float32Array;
  /** [P, slots] */
  readonly kinds: BigInt64Array;
}

/** Lays prompts into `slots` tokens each. */
export function promptTokens(prompts: readonly SamPrompt[], fit: Fit, slots: number): PromptTokens {
  const points = new Float32Array(prompts.length * slots * 2);
  const kinds = new BigInt64Array(prompts.length * slots).fill(BigInt(pointKinds.absent));
  prompts.forEach((prompt, row) => {
    tokensOf(prompt).forEach(([x, y, kind], i) => {
      const at = row * slots + i;
      points.set(toSquare(x, y, fit), 2 * at);
      kinds[at] = BigInt(pointKinds[kind]);
    });
  });
  return { points, kinds };
}

function tokensOf({ points = [], box }: SamPrompt): (readonly [x: number, y: number, kind: PointKind])[] {
  const clicks = points.map(({ x, y, isInside }) => [x, y, isInside ? 'foreground' : 'background'] as const);
  if (!box) return [...clicks, [0, 0, 'none']];
  return [...clicks, [box[0], box[1], 'topLeft'], [box[2], box[3], 'bottomRight']];
}

/**
 * Which of the network's answers to take: the single one where a prompt says enough (two clicks, a box with a click, an
 * earlier answer), else the best of the alternatives.
 * @param scores estimated quality of the single answer, then of the alternatives
 */
export function chooseAnswer(prompt: SamPrompt, scores: ArrayLike<number>): number {
  if (tokenCount(prompt) > 2 || prompt.mask || scores.length === 1) return 0;
  let best = 1;
  for (let i = 2; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}
