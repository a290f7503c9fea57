/** What a refiner learns from: windows of composed scenes, with what the segmenter answered there. */
import { type BinaryMask, maskBox } from '@darkroom/gpu-worker/vision/binary-mask';
import type { Box } from '@darkroom/gpu-worker/vision/boxes';
import { type LogitPlane, maskOfPicture } from '@darkroom/gpu-worker/vision/mask-logits';
import { logitsOfBinary } from '@darkroom/gpu-worker/vision/mask-planes';
import { extentOf, refineFeeds, windowAround } from '@darkroom/gpu-worker/vision/refine-view';
import type { SamEmbedding } from '@darkroom/gpu-worker/vision/sam-predictor';
import type { Click, SamPrompt } from '@darkroom/gpu-worker/vision/sam-prompt';
import type { Segmenter } from '@darkroom/gpu-worker/vision/segmenter';
import { firstClick, nextClick } from '../../compositions/clicks.ts';
import { composeScene, type SceneInstance, type SceneSources } from '../../compositions/scene.ts';
import { worn } from '../../compositions/wear.ts';
import { between, type Dice, dice } from '../../dice.ts';
import { resample } from '../view.ts';

/** A window in a square of `side` pixels, in bytes to be small. */
export interface RefineSample {
  /** Planes of RGB, [3, side, side]. */
  readonly image: Uint8Array;
  /** [3, side / 2, side / 2], times {@link guideScale}. */
  readonly guide: Int8Array;
  /** Matte, [side / 2, side / 2], times 255. */
  readonly target: Uint8Array;
}

/** A guide's values lie in ±4. */
export const guideScale = 31;

/** Which samples to make. */
export interface RefinePlan {
  /** Side of the refiner's square. */
  readonly side: number;
  readonly seed: number;
  /** Scenes of a chunk. */
  readonly scenes: number;
}

const promptsPerThing = 2;
const [leastLong, mostLong] = [384, 640];

/**
 * Makes chunk `index` of the endless list that the seed names.
 * @param signal ends it early, with what there is
 */
export async function makeSamples(
  sources: SceneSources,
  segmenter: Segmenter,
  { side, seed, scenes }: RefinePlan,
  index: number,
  signal?: AbortSignal,
): Promise<RefineSample[]> {
  const samples: RefineSample[] = [];
  for (let i = 0; i < scenes && !signal?.aborted; i++)
    samples.push(...(await samplesOf(sources, segmenter, side, dice(seed, index * scenes + i))));
  return samples;
}

async function samplesOf(
  sources: SceneSources,
  segmenter: Segmenter,
  side: number,
  random: Dice,
): Promise<RefineSample[]> {
  const long = Math.round(between(random, leastLong, mostLong));
  const short = Math.round(long * between(random, 0.55, 1));
  const size = random() < 0.6 ? { width: long, height: short } : { width: short, height: long };
  const { image, instances } = composeScene(sources, size, random);
  const picture = { ...size, channels: 3, data: await worn(image, random) } as const;
  const embedding = await segmenter.encode(picture);
  const samples: RefineSample[] = [];
  for (const { mask, box } of instances) {
    const thing = { wanted: binaryOf(mask), matte: bytesOf(mask.data), box };
    for (let i = 0; i < promptsPerThing; i++) {
      const asked = await ask(segmenter, embedding, thing, random);
      if (!asked) continue;
      const { prompt, logits } = asked;
      const answer = { logits, fit: embedding.fit };
      const extent = extentOf(prompt, answer);
      if (!extent) continue;
      const window = windowAround(shaken(extent, random), size, between(random, 1.6, 2.5));
      const { image: pixels, guide, fit } = refineFeeds(picture, { window, prompt, answer, side });
      samples.push({
        image: new Uint8Array(pixels),
        guide: new Int8Array(guide.map((value) => Math.round(guideScale * value))),
        target: targetOf({ ...size, bytes: thing.matte, channels: 1 }, window, fit),
      });
    }
  }
  return samples;
}

/** Corners off by up to a tenth of the sides, mostly by less. */
function shaken([x0, y0, x1, y1]: Box, random: Dice): Box {
  const off = (length: number): number => 0.1 * length * between(random, -1, 1) * random();
  const [width, height] = [x1 - x0, y1 - y0];
  return [x0 + off(width), y0 + off(height), x1 + off(width), y1 + off(height)];
}

/** From [0, 1]. */
function bytesOf(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(255 * (values[i] as number));
  return bytes;
}

/** The matte of the window in the refiner's square, at half its resolution. */
function targetOf(
  matte: Parameters<typeof resample>[0],
  [left, top]: Box,
  { original, scaled, side }: SamEmbedding['fit'],
): Uint8Array {
  const plane = side / 2;
  const columns = Math.ceil(scaled.width / 2);
  const rows = Math.ceil(scaled.height / 2);
  const width = (2 * columns * original.width) / scaled.width;
  const height = (2 * rows * original.height) / scaled.height;
  const view = resample(matte, { left, top, width, height }, { width: columns, height: rows });
  const target = new Uint8Array(plane * plane);
  for (let y = 0; y < rows; y++)
    target.set(bytesOf(view.subarray(y * columns, (y + 1) * columns)), y * plane);
  return target;
}

interface Thing {
  readonly wanted: BinaryMask;
  readonly matte: Uint8Array;
  readonly box: Box;
}

interface Asked {
  readonly prompt: SamPrompt;
  readonly logits: LogitPlane;
}

/** One click, a box, or clicks where something was wrong: as people ask. */
async function ask(
  segmenter: Segmenter,
  embedding: SamEmbedding,
  { wanted, box }: Thing,
  random: Dice,
): Promise<Asked | undefined> {
  const answerTo = async (prompt: SamPrompt): Promise<Asked> => {
    const [answer] = await segmenter.predict(embedding, [prompt]);
    if (!answer) throw new TypeError('predict: expected an answer to each prompt, got none');
    return { prompt, logits: answer.best.logits };
  };
  const roll = random();
  if (roll < 0.28) return answerTo({ box: clipped(shaken(box, random), wanted) });
  const first = random() < 0.6 ? firstClick(wanted) : clickByChance(wanted, random);
  if (!first) return undefined;
  let asked = await answerTo({ points: [first] });
  if (roll < 0.76) return asked;
  const points: Click[] = [first];
  let before = random() < 0.5 ? maskOfPicture(asked.logits, embedding.fit) : damaged(wanted, random);
  const rounds = random() < 0.5 ? 1 : 2;
  for (let round = 0; round < rounds; round++) {
    const next = nextClick(wanted, before);
    if (!next) break;
    points.push(next);
    const prior = logitsOfBinary(before, embedding.fit, segmenter.logitSide);
    asked = await answerTo({ points: [...points], mask: prior });
    before = maskOfPicture(asked.logits, embedding.fit);
  }
  return asked;
}

function clipped([x0, y0, x1, y1]: Box, { width, height }: BinaryMask): Box {
  return [Math.max(0, x0), Math.max(0, y0), Math.min(width, x1), Math.min(height, y1)];
}

function binaryOf({ width, height, data }: SceneInstance['mask']): BinaryMask {
  const bits = new Uint8Array(data.length);
  for (let i = 0; i < bits.length; i++) bits[i] = (data[i] as number) >= 0.5 ? 1 : 0;
  return { width, height, data: bits };
}

const tries = 40;

/** Somewhere inside, not at the edge where that can be helped. */
function clickByChance(mask: BinaryMask, random: Dice): Click | undefined {
  const box = maskBox(mask);
  if (!box) return undefined;
  const [x0, y0, x1, y1] = box;
  const reach = Math.round(0.04 * Math.min(x1 - x0, y1 - y0));
  const isInside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < mask.width && y < mask.height && mask.data[y * mask.width + x] === 1;
  for (let i = 0; i < tries; i++) {
    const x = Math.floor(between(random, x0, x1));
    const y = Math.floor(between(random, y0, y1));
    const around = [0, reach, -reach];
    if (around.every((off) => isInside(x + off, y) && isInside(x, y + off)))
      return { x: x + 0.5, y: y + 0.5, isInside: true };
  }
  return firstClick(mask);
}

/** A mask with a round part too much or too little, as an earlier answer may be. */
function damaged(mask: BinaryMask, random: Dice): BinaryMask {
  const [x0, y0, x1, y1] = maskBox(mask) ?? [0, 0, mask.width, mask.height];
  const [x, y] = [between(random, x0, x1), between(random, y0, y1)];
  const radius = between(random, 0.15, 0.4) * Math.sqrt((x1 - x0) * (y1 - y0));
  const value = random() < 0.5 ? 1 : 0;
  const data = mask.data.map((old, i) =>
    Math.hypot((i % mask.width) - x, Math.floor(i / mask.width) - y) < radius ? value : old,
  );
  return { ...mask, data };
}
