import { maskIou } from '@darkroom/gpu-worker/vision/binary-mask';
import { maskOfPicture } from '@darkroom/gpu-worker/vision/mask-logits';
import { fitSquare } from '@darkroom/gpu-worker/vision/sam-image';
import type { SamEmbedding } from '@darkroom/gpu-worker/vision/sam-predictor';
import type { SamPrompt } from '@darkroom/gpu-worker/vision/sam-prompt';
import type { Segmenter } from '@darkroom/gpu-worker/vision/segmenter';
import { describe, expect, test } from 'vitest';
import { type KnownPicture, meanIous, scorePicture } from './segment-quality.ts';

const side = 64;

/** Answers with discs of 8 pixels around clicks on the thing, without those around clicks beside it; with its box filled. */
const discs: Segmenter = {
  folder: 'discs',
  logitSide: side,
  recall: async () => undefined,
  embed: async (_, raster) => discs.encode(raster),
  encode: async (raster): Promise<SamEmbedding> => ({
    data: new Float32Array(0),
    fit: fitSquare(raster, side),
  }),
  predict: async (_, prompts) =>
    prompts.map((prompt) => {
      const logits = {
        width: side,
        height: side,
        data: Float32Array.from({ length: side ** 2 }, (_v, i) => disc(prompt, i)),
      };
      const best = { logits, score: 1 };
      return { candidates: [best], best };
    }),
  maskOf: async ({ fit }, _, { logits }) => maskOfPicture(logits, fit),
};

function disc({ points = [], box, mask }: SamPrompt, index: number): number {
  const [x, y] = [(index % side) + 0.5, Math.floor(index / side) + 0.5];
  if (box) return x > box[0] && x < box[2] && y > box[1] && y < box[3] ? 1 : -1;
  const near = points.filter((point) => Math.hypot(point.x - x, point.y - y) < 8);
  if (near.some(({ isInside }) => !isInside)) return -1;
  return near.length > 0 || (mask?.[index] ?? 0) > 0 ? 1 : -1;
}

const blank = { width: side, height: side, channels: 3, data: new Uint8Array(side * side * 3) } as const;

function picture(isInside: (x: number, y: number) => boolean): KnownPicture {
  const data = Uint8Array.from({ length: side * side }, (_, i) =>
    Number(isInside((i % side) + 0.5, Math.floor(i / side) + 0.5)),
  );
  return {
    id: 'blank',
    raster: blank,
    things: [{ object: 'thing', mask: { width: side, height: side, data } }],
  };
}

describe('a thing is asked about', () => {
  test('by clicks in the middle of what is still wrong, with the earlier answer and at once', async () => {
    // Two discs of the segmenter's own size, and one that is a little smaller: three clicks find them all.
    const spots = [
      [12.5, 12.5, 8],
      [45.5, 20.5, 7.5],
      [30.5, 50.5, 7],
    ] as const;
    const known = picture((x, y) => spots.some(([u, v, radius]) => Math.hypot(x - u, y - v) < radius));
    const [score] = await scorePicture(discs, known);
    expect(score?.ious.oneClick).toBeGreaterThan(0.3);
    expect(score?.ious.oneClick).toBeLessThan(0.5);
    expect(score?.ious.threeClicks).toBeGreaterThan(0.85);
    expect(score?.ious.threeAtOnce).toBe(score?.ious.threeClicks);
    expect(score?.ious.box).toBeLessThan(0.5);
  });

  test('by its box', async () => {
    const [score] = await scorePicture(
      discs,
      picture((x, y) => x > 10 && x < 50 && y > 20 && y < 44),
    );
    expect(score?.ious.box).toBe(1);
    expect(score?.answers.box).toEqual(
      picture((x, y) => x > 10 && x < 50 && y > 20 && y < 44).things[0]?.mask,
    );
  });
});

test('figures of answers are their overlap, and means are over things', async () => {
  const known = picture((x, y) => Math.hypot(x - 32.5, y - 32.5) < 12);
  const scores = await scorePicture(discs, known);
  for (const { ious, answers } of scores) {
    const thing = known.things[0]?.mask as (typeof answers)['box'];
    expect(ious.oneClick).toBe(maskIou(answers.oneClick, thing));
  }
  const half = { oneClick: 0.5, threeClicks: 1, threeAtOnce: 0, box: 0.25 };
  const whole = { oneClick: 1, threeClicks: 1, threeAtOnce: 1, box: 0.75 };
  const each = [half, whole].map((ious) => ({ ...(scores[0] as (typeof scores)[number]), ious }));
  expect(meanIous(each)).toEqual({ oneClick: 0.75, threeClicks: 1, threeAtOnce: 0.5, box: 0.5 });
});

test('a thing without pixels is refused', async () => {
  await expect(
    scorePicture(
      discs,
      picture(() => false),
    ),
  ).rejects.toThrow('expected a mask with pixels inside');
});
