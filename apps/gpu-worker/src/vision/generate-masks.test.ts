import { describe, expect, it } from 'vitest';
import type { Raster } from '../image/raster.ts';
import { maskIou } from './binary-mask.ts';
import type { Box } from './boxes.ts';
import { generateMasks } from './generate-masks.ts';
import { decodeRle } from './mask-rle.ts';
import { fitSquare, toSquare } from './sam-image.ts';
import type { SamAnswer, SamEmbedding, SamPredictor } from './sam-predictor.ts';
import type { SamPrompt } from './sam-prompt.ts';

const side = 64;
const [width, height] = [128, 96];
type Colour = readonly [red: number, confidence: number, certainty: number];

/** A black picture with rectangles; each is painted with its own red, how sure the segmenter is, and its logit. */
function painted(rectangles: readonly (readonly [Box, Colour])[]): Raster {
  const data = new Uint8Array(width * height * 3);
  for (const [[left, top, right, bottom], colour] of rectangles) {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) data.set(colour, (y * width + x) * 3);
    }
  }
  return { width, height, channels: 3, data };
}

/**
 * A segmenter that knows: a click means all pixels of the clicked colour, of which it is as sure as green says, by logits as
 * blue says; black it does not know.
 */
class Oracle implements Pick<SamPredictor, 'encode' | 'predict'> {
  readonly encoded: string[] = [];
  readonly #pictures = new Map<SamEmbedding, Raster>();

  async encode(raster: Raster): Promise<SamEmbedding> {
    const embedding = { data: new Float32Array(0), fit: fitSquare(raster, side) };
    this.encoded.push(`${raster.width}×${raster.height}`);
    this.#pictures.set(embedding, raster);
    return embedding;
  }

  async predict(embedding: SamEmbedding, prompts: readonly SamPrompt[]): Promise<SamAnswer[]> {
    const picture = this.#pictures.get(embedding) as Raster;
    return prompts.map(({ points }) => {
      const { x, y } = points?.[0] ?? { x: 0, y: 0 };
      const at = (Math.floor(y) * picture.width + Math.floor(x)) * 3;
      const [red, confidence, certainty] = picture.data.subarray(at, at + 3) as unknown as Colour;
      const data = new Float32Array(side * side).fill(-20);
      for (let pixel = 0; pixel < picture.data.length / 3; pixel++) {
        if (picture.data[3 * pixel] !== red) continue;
        const [u, v] = toSquare(pixel % picture.width, Math.floor(pixel / picture.width), embedding.fit);
        data[Math.floor(v) * side + Math.floor(u)] = certainty / 10;
      }
      const candidate = { logits: { width: side, height: side, data }, score: confidence / 255 };
      const single = {
        logits: { ...candidate.logits, data: new Float32Array(side * side).fill(9) },
        score: 1,
      };
      return { candidates: [single, candidate], best: candidate };
    });
  }
}

const sure: Colour = [50, 250, 200];
const options = { pointsPerSide: 8, pointsPerBatch: 7 };

describe('masks of everything', () => {
  it('are one of each thing that is clicked, however often', async () => {
    const boxes: Box[] = [
      [8, 8, 40, 40],
      [60, 20, 120, 80],
    ];
    const picture = painted(boxes.map((box, i) => [box, [50 + i, 250 - i, 200]]));
    const found = await generateMasks(new Oracle(), picture, options);
    expect(found).toHaveLength(2);
    found.forEach(({ rle, area, box, score, stability, point: [x, y], crop }, i) => {
      const [left, top, right, bottom] = boxes[i] as Box;
      const data = new Uint8Array(width * height);
      for (let v = top; v < bottom; v++) data.fill(1, v * width + left, v * width + right);
      expect(maskIou(decodeRle(rle), { width, height, data })).toBeGreaterThan(0.9);
      expect(Math.abs(area - (right - left) * (bottom - top))).toBeLessThan(0.1 * area);
      box.forEach((edge, axis) => {
        expect(Math.abs(edge - (boxes[i]?.[axis] as number))).toBeLessThanOrEqual(2);
      });
      expect(score).toBeCloseTo((250 - i) / 255, 6);
      expect(stability).toBeGreaterThan(0.95);
      expect(x >= left && x < right && y >= top && y < bottom).toBe(true);
      expect(crop).toEqual([0, 0, width, height]);
    });
  });
});

describe('masks that are kept', () => {
  it('are those that the network is sure of and whose edge is sharp', async () => {
    const picture = painted([
      [[8, 8, 40, 40], sure],
      [
        [60, 8, 120, 40],
        [60, 200, 200],
      ],
      [
        [8, 50, 120, 90],
        [70, 250, 5],
      ],
    ]);
    const redAt = async (more: object): Promise<number[]> => {
      const found = await generateMasks(new Oracle(), picture, { ...options, ...more });
      return found.map(
        ({ point: [x, y] }) => picture.data[(Math.floor(y) * width + Math.floor(x)) * 3] as number,
      );
    };
    expect(await redAt({})).toEqual([50]);
    expect((await redAt({ minScore: 0.7 })).toSorted()).toEqual([50, 60]);
    expect((await redAt({ minStability: 0 })).toSorted()).toEqual([50, 70]);
    expect((await redAt({ stabilityOffset: 0.3 })).toSorted()).toEqual([50, 70]);
  });
});

describe('masks of crops', () => {
  it('are laid out in the whole picture, and what a crop cuts off is left to the others', async () => {
    const whole: Box = [56, 40, 76, 56];
    const inCorner: Box = [92, 74, 108, 90];
    const picture = painted([
      [whole, sure],
      [inCorner, [80, 240, 200]],
    ]);
    const oracle = new Oracle();
    const found = await generateMasks(oracle, picture, {
      ...options,
      pointsPerSide: 12,
      cropLayers: 1,
      cropOverlap: 0,
    });
    expect(oracle.encoded).toEqual(['128×96', '64×48', '64×48', '64×48', '64×48']);
    expect(found.map(({ crop }) => crop)).toEqual(
      [
        [0, 0, width, height],
        [64, 48, 128, 96],
      ].toReversed(),
    );
    for (const [i, expected] of [inCorner, whole].entries()) {
      found[i]?.box.forEach((edge, axis) => {
        expect(Math.abs(edge - (expected[axis] as number))).toBeLessThanOrEqual(2);
      });
    }
  });
});

describe('masks with small parts', () => {
  it('lose holes and islands that are too small', async () => {
    const picture = painted([
      [[8, 8, 72, 72], sure],
      [
        [30, 30, 34, 34],
        [0, 0, 0],
      ],
      [[100, 80, 104, 84], sure],
    ]);
    const [rough] = await generateMasks(new Oracle(), picture, options);
    const [clean] = await generateMasks(new Oracle(), picture, { ...options, minRegionArea: 100 });
    expect(rough?.box[2]).toBeGreaterThan(100);
    expect(clean?.box[2]).toBeLessThan(76);
    const [left, top, right, bottom] = clean?.box ?? [0, 0, 0, 0];
    expect(clean?.area).toBe((right - left) * (bottom - top));
  });
});

describe('options out of bounds', () => {
  it('are refused by name', async () => {
    await expect(generateMasks(new Oracle(), painted([]), { pointsPerSide: 0 })).rejects.toThrow(
      'pointsPerSide',
    );
  });
});
