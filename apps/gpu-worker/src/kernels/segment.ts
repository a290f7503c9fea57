import type { JobResult } from '@darkroom/shared/contracts/job-result';
import { encodeGrey } from '../image/encode-grey.ts';
import { type BinaryMask, maskBox } from '../vision/binary-mask.ts';
import { scaleBox } from '../vision/boxes.ts';
import type { FoundMask } from '../vision/found-mask.ts';
import { generateMasksOf } from '../vision/generate-masks.ts';
import { enlargeMask, logitsOfBinary, logitsOfMask } from '../vision/mask-planes.ts';
import { decodeRle, encodeRle, rleArea } from '../vision/mask-rle.ts';
import type { Fit } from '../vision/sam-image.ts';
import type { SamEmbedding } from '../vision/sam-predictor.ts';
import type { Segmenter } from '../vision/segmenter.ts';
import { fitting, roundedScore } from './findings.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { readMask } from './mask.ts';
import { outline } from './outline.ts';
import { SeenPhoto } from './seen-photo.ts';

type SegmentMask = Extract<JobResult, { kind: 'segment' }>['masks'][number];

/** An outline of the photo's size. */
interface Found {
  readonly mask: BinaryMask;
  readonly score: number;
  readonly label?: string;
}

/** Clicks along each side of a photo of which everything is outlined: small things are missed, the answer comes soon. */
const everythingPoints = 16;
/** Longer side at which everything is judged; the network's own planes are no finer. */
const judgingSide = 512;
const maxMasks = 1000;

/** Outlines what clicks, a box, words or an earlier mask point at; without any of them, everything. */
export async function* segment(job: JobOf<'segment'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const segmenter = await context.vision(job.model, job.kind);
  const photo = new SeenPhoto(job.image, context);
  const embedding = await photo.embedding(segmenter);
  const { width, height } = embedding.fit.original;
  const picture = new Uint8Array(width * height);
  const masks: SegmentMask[] = [];
  const outlines = isPointed(job)
    ? pointedOutlines(job, { photo, segmenter, embedding, context })
    : everything(segmenter, embedding);
  for await (const found of outlines) {
    const described = describe(found);
    if (!described) continue;
    // Answers to one prompt exclude each other, so the best is shown; of several things all are.
    if (masks.length === 0 || isOfMany(job)) paint(found.mask, picture);
    masks.push(described);
  }
  const { kept, rest } = fitting(masks, { most: maxMasks });
  yield { kind: 'result', result: { kind: 'segment', masks: kept, ...rest } };
  const bytes = await encodeGrey({ width, height }, picture);
  yield { kind: 'output', index: 0, bytes, mime: 'image/png', width, height };
}

function isPointed({ points, box, text, mask }: JobOf<'segment'>): boolean {
  return [points, box, text, mask].some((hint) => hint !== undefined);
}

function isOfMany(job: JobOf<'segment'>): boolean {
  return job.text !== undefined || !isPointed(job);
}

interface Sight {
  readonly photo: SeenPhoto;
  readonly segmenter: Segmenter;
  readonly embedding: SamEmbedding;
  readonly context: KernelContext;
}

async function* pointedOutlines(
  { points, box, text, mask: earlier, multimask }: JobOf<'segment'>,
  { photo, segmenter, embedding, context }: Sight,
): AsyncGenerator<Found> {
  const { fit } = embedding;
  const given = earlier && (await readMask(earlier, fit.original, context));
  const mask = given && logitsOfMask(given, fit, segmenter.logitSide);
  const found = await outline({ points, box, text, mask }, { photo, segmenter, context, multimask });
  for (const { mask: outlined, score, named } of found) {
    yield { mask: outlined, score, ...(named && { label: named.label }) };
  }
}

async function* everything(segmenter: Segmenter, embedding: SamEmbedding): AsyncGenerator<Found> {
  const known = segmenter.everything?.(embedding);
  if (known) {
    for (const { rle, score } of known) yield { mask: decodeRle(rle), score };
    return;
  }
  const { original } = embedding.fit;
  const share = Math.min(1, judgingSide / Math.max(original.width, original.height));
  const small = {
    width: Math.max(1, Math.round(original.width * share)),
    height: Math.max(1, Math.round(original.height * share)),
  };
  const judged = { ...embedding, fit: { ...embedding.fit, original: small } };
  const found = await generateMasksOf(segmenter, judged, {
    pointsPerSide: everythingPoints,
    ...segmenter.filters,
  });
  for (const one of found)
    yield { mask: await enlarged(one, judged.fit, { segmenter, embedding }), score: one.score };
}

/** A mask that was found at a small size, at the photo's. */
async function enlarged(
  { rle, box, score }: FoundMask,
  judged: Fit,
  { segmenter, embedding }: Pick<Sight, 'segmenter' | 'embedding'>,
): Promise<BinaryMask> {
  const mask = decodeRle(rle);
  const { original } = embedding.fit;
  if (!segmenter.looksAgain) return enlargeMask(mask, original);
  const side = segmenter.logitSide;
  const logits = { width: side, height: side, data: logitsOfBinary(mask, judged, side) };
  const { width, height } = judged.original;
  const prompt = { box: scaleBox(box, original.width / width, original.height / height) };
  return segmenter.maskOf(embedding, prompt, { score, logits });
}

/** As the result tells it; undefined for a mask that is empty. */
function describe({ mask, score, label }: Found): SegmentMask | undefined {
  const box = maskBox(mask);
  if (!box) return undefined;
  const { size, counts } = encodeRle(mask);
  const rle = { size: [...size] as [number, number], counts: [...counts] };
  return {
    score: roundedScore(score),
    area: rleArea(rle),
    box: [...box],
    rle,
    ...(label !== undefined && { label }),
  };
}

function paint({ data }: BinaryMask, picture: Uint8Array): void {
  for (let at = 0; at < data.length; at++) if (data[at] === 1) picture[at] = 255;
}
