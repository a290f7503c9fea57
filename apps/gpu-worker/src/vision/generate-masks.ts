/** Masks of everything in a picture (Kirillov et al. 2023, appendix B): a grid of clicks, and what is sure of the answers. */
import { z } from 'zod';
import { flattenAlpha, type Raster } from '../image/raster.ts';
import type { Size } from '../image/resize.ts';
import { type BinaryMask, dropSmallIslands, fillSmallHoles, maskBox } from './binary-mask.ts';
import { type Box, suppressOverlaps } from './boxes.ts';
import { cutOut } from './cut-out.ts';
import { cropBoxes, gridSides, isCutByCrop, pointGrid } from './mask-grid.ts';
import { aboveThreshold, logitsOfPicture, stabilityScore } from './mask-logits.ts';
import { decodeRle, encodeRle, type MaskRle, rleArea } from './mask-rle.ts';
import type { SamCandidate, SamEmbedding, SamPredictor } from './sam-predictor.ts';

const share = z.number().min(0).max(1);

/** How masks are looked for and which are kept. */
export const GenerateMasksOptions = z.strictObject({
  /** Clicks along each side of the picture. */
  pointsPerSide: z.int().min(1).max(128).default(32),
  /** Clicks answered at a time. */
  pointsPerBatch: z.int().min(1).max(1024).default(64),
  /** A mask whose estimated quality is not above this is dropped. */
  minScore: share.default(0.88),
  /** A mask that is less stable is dropped. */
  minStability: share.default(0.95),
  /** By how much the threshold moves to either side when stability is measured, in logits. */
  stabilityOffset: z.number().min(0).max(100).default(1),
  /** Of masks of one crop whose boxes overlap more, the better stays. */
  maxBoxIou: share.default(0.7),
  /** Layers of crops that are looked at beside the whole picture. */
  cropLayers: z.int().min(0).max(3).default(0),
  /** Of masks of several crops whose boxes overlap more, that of the smaller crop stays. */
  maxCropIou: share.default(0.7),
  /** Part of the shorter side by which crops of the first layer overlap. */
  cropOverlap: share.default(512 / 1500),
  /** By how much fewer clicks per side each layer of crops gets. */
  cropPointsDownscale: z.int().min(1).max(16).default(1),
  /** Holes and islands of fewer pixels are filled and dropped; 0: none are. */
  minRegionArea: z.int().min(0).default(0),
});
export type GenerateMasksOptions = z.infer<typeof GenerateMasksOptions>;

/** One mask of a picture. */
export interface GeneratedMask {
  /** At the picture's size. */
  readonly rle: MaskRle;
  readonly area: number;
  readonly box: Box;
  /** Estimated quality. */
  readonly score: number;
  readonly stability: number;
  /** The click that found it, in pixels of the picture. */
  readonly point: readonly [x: number, y: number];
  /** The part of the picture that was looked at. */
  readonly crop: Box;
}

/** Finds masks of everything in a picture; all crops are encoded, one after the other. */
export async function generateMasks(
  predictor: Pick<SamPredictor, 'encode' | 'predict'>,
  raster: Raster,
  given: z.input<typeof GenerateMasksOptions> = {},
): Promise<GeneratedMask[]> {
  const options = GenerateMasksOptions.parse(given);
  const picture = flattenAlpha(raster);
  const sides = gridSides(options.pointsPerSide, options.cropLayers, options.cropPointsDownscale);
  const found: GeneratedMask[] = [];
  for (const crop of cropBoxes(picture, options.cropLayers, options.cropOverlap)) {
    const perSide = sides[crop.layer] as number;
    const embedding = await predictor.encode(cutOut(picture, crop.box));
    const search = { predictor, picture, options };
    found.push(...(await masksOfPart(search, { box: crop.box, embedding, perSide })));
  }
  const kept = options.cropLayers === 0 ? found : preferSmallCrops(found, options.maxCropIou);
  return options.minRegionArea === 0 ? kept : cleanMasks(kept, options);
}

/**
 * Finds masks of everything in a picture that is encoded already, without crops.
 * @param embedding whose `fit.original` is the size of the masks: a smaller one than the picture's costs less
 */
export async function generateMasksOf(
  predictor: Pick<SamPredictor, 'predict'>,
  embedding: SamEmbedding,
  given: Omit<z.input<typeof GenerateMasksOptions>, 'cropLayers'> = {},
): Promise<GeneratedMask[]> {
  const options = GenerateMasksOptions.parse(given);
  const picture = embedding.fit.original;
  const box = [0, 0, picture.width, picture.height] as const;
  const found = await masksOfPart(
    { predictor, picture, options },
    { box, embedding, perSide: options.pointsPerSide },
  );
  return options.minRegionArea === 0 ? found : cleanMasks(found, options);
}

interface Search {
  readonly predictor: Pick<SamPredictor, 'predict'>;
  readonly picture: Size;
  readonly options: GenerateMasksOptions;
}

/** A part of the picture, encoded. */
interface EncodedPart {
  readonly box: Box;
  readonly embedding: SamEmbedding;
  readonly perSide: number;
}

async function masksOfPart(
  search: Search,
  { box, embedding, perSide }: EncodedPart,
): Promise<GeneratedMask[]> {
  const { predictor, options } = search;
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const points = pointGrid(perSide).map(([x, y]) => [x * width, y * height] as const);
  const found: GeneratedMask[] = [];
  for (let start = 0; start < points.length; start += options.pointsPerBatch) {
    const batch = points.slice(start, start + options.pointsPerBatch);
    const prompts = batch.map(([x, y]) => ({ points: [{ x, y, isInside: true }] }));
    const answers = await predictor.predict(embedding, prompts);
    answers.forEach(({ candidates }, i) => {
      const [x, y] = batch[i] as readonly [number, number];
      const alternatives = candidates.length > 1 ? candidates.slice(1) : candidates;
      for (const candidate of alternatives) {
        const mask = judge(search, { candidate, embedding, crop: box });
        if (mask) found.push({ ...mask, point: [x + box[0], y + box[1]] });
      }
    });
  }
  return suppressOverlaps(found, options.maxBoxIou);
}

/** The candidate as a mask of the whole picture, or nothing where a filter drops it. */
function judge(
  { picture, options }: Search,
  { candidate, embedding, crop }: { candidate: SamCandidate; embedding: SamEmbedding; crop: Box },
): Omit<GeneratedMask, 'point'> | undefined {
  if (!(candidate.score > options.minScore)) return undefined;
  const logits = logitsOfPicture(candidate.logits, embedding.fit);
  const stability = stabilityScore(logits, { offset: options.stabilityOffset });
  if (stability < options.minStability) return undefined;
  const mask = layOut(aboveThreshold(logits), crop, picture);
  const box = maskBox(mask);
  if (!box || isCutByCrop(box, crop, picture)) return undefined;
  const rle = encodeRle(mask);
  return { rle, area: rleArea(rle), box, score: candidate.score, stability, crop };
}

/** A crop's mask in the whole picture. */
function layOut(mask: BinaryMask, [left, top]: Box, { width, height }: Size): BinaryMask {
  if (mask.width === width && mask.height === height) return mask;
  const data = new Uint8Array(width * height);
  for (let y = 0; y < mask.height; y++) {
    const row = mask.data.subarray(y * mask.width, (y + 1) * mask.width);
    data.set(row, (top + y) * width + left);
  }
  return { width, height, data };
}

function preferSmallCrops(masks: readonly GeneratedMask[], maxIou: number): GeneratedMask[] {
  const ranked = masks.map((mask) => {
    const [left, top, right, bottom] = mask.crop;
    return { mask, box: mask.box, score: 1 / ((right - left) * (bottom - top)) };
  });
  return suppressOverlaps(ranked, maxIou).map(({ mask }) => mask);
}

/** Fills small holes and drops small islands; of masks that overlap thereafter, those that needed no change stay. */
function cleanMasks(masks: readonly GeneratedMask[], options: GenerateMasksOptions): GeneratedMask[] {
  const ranked = masks.map((mask) => {
    const filled = fillSmallHoles(decodeRle(mask.rle), options.minRegionArea);
    const cleaned = dropSmallIslands(filled.mask, options.minRegionArea);
    if (!filled.isChanged && !cleaned.isChanged) return { mask, box: mask.box, score: 1 };
    const [rle, box] = [encodeRle(cleaned.mask), maskBox(cleaned.mask) ?? mask.box];
    return { mask: { ...mask, rle, box, area: rleArea(rle) }, box, score: 0 };
  });
  return suppressOverlaps(ranked, Math.max(options.maxBoxIou, options.maxCropIou)).map(({ mask }) => mask);
}
