// From what someone points at — clicks, a box, words, an earlier mask — to the outlines of things.
import { AppError } from '@darkroom/shared/errors';
import { refuseAborted } from '../refuse-aborted.ts';
import type { BinaryMask } from '../vision/binary-mask.ts';
import { type Box, boxArea, boxOverlapShare } from '../vision/boxes.ts';
import type { Detection, Detector } from '../vision/detector.ts';
import type { SamAnswer, SamCandidate, SamEmbedding } from '../vision/sam-predictor.ts';
import type { Click, SamPrompt } from '../vision/sam-prompt.ts';
import type { Segmenter } from '../vision/segmenter.ts';
import { tidyOutline } from '../vision/tidy-outline.ts';
import type { KernelContext } from './kernel.ts';
import type { SeenPhoto } from './seen-photo.ts';

/** What someone points at. */
export interface Pointing {
  readonly points?: readonly { readonly x: number; readonly y: number; readonly label: 0 | 1 }[] | undefined;
  readonly box?: Box | undefined;
  readonly text?: string | undefined;
  /** Logits of an earlier answer, as the segmenter takes them. */
  readonly mask?: Float32Array | undefined;
}

/** The outline of a thing. */
export interface Outline {
  readonly mask: BinaryMask;
  /** Estimated intersection over union with what was meant. */
  readonly score: number;
  /** The words that found it, and how sure the detector is of it. */
  readonly named?: { readonly label: string; readonly score: number };
}

/** How things are outlined. */
export interface OutlineOptions {
  readonly photo: SeenPhoto;
  readonly segmenter: Segmenter;
  readonly context: KernelContext;
  /** Who finds what words name. Default: the detector of jobs that name none. */
  readonly detector?: Detector;
  /** How sure it must be of them. Default: as sure as when nobody says. */
  readonly threshold?: number | undefined;
  /** Whether one prompt gets all of the network's alternatives. */
  readonly multimask?: boolean;
  /** Stands before the names of fields in messages. */
  readonly prefix?: string;
}

/** Boxes that are answered at a time; fewer are filled up, so that one compilation serves all. */
const boxesPerRun = 8;
/** Things that one name may stand for. */
const maxNamed = 20;
/** Of a detection, how much must lie in the box that someone drew around what the words name. */
const leastShareInBox = 0.5;

/**
 * Outlines what someone points at, the best first; words may stand for several things, or for none. Clicks and a box beside words narrow
 * down which of the things that the words name are meant.
 * @throws invalid_request naming the field that says nothing or lies outside the photo
 */
export async function outline(pointing: Pointing, options: OutlineOptions): Promise<Outline[]> {
  const { photo, segmenter, multimask, prefix = '' } = options;
  const embedding = await photo.embedding(segmenter);
  const { points = [], box, text, mask } = pointing;
  const clicks = points.map(({ x, y, label }): Click => ({ x, y, isInside: label === 1 }));
  const shared = { ...(clicks.length > 0 && { points: clicks }), ...(mask && { mask }) };
  return inField(prefix, async () => {
    if (text === undefined) {
      const prompt = { ...shared, ...(box && { box }) };
      const [answer] = await segmenter.predict(embedding, [prompt]);
      const candidates = multimask ? alternatives(answer?.candidates ?? []) : answer ? [answer.best] : [];
      const outlines: Outline[] = [];
      for (const candidate of candidates) {
        const mask = await segmenter.maskOf(embedding, prompt, candidate);
        outlines.push({ mask, score: candidate.score });
      }
      return outlines;
    }
    const found = await findNamed(text, { clicks, box }, options);
    const prompts = found.map((detection) => ({ ...shared, box: detection.box }));
    const outlines: Outline[] = [];
    const { signal } = options.context;
    for await (const { mask, score } of bestOutlines(prompts, { segmenter, embedding, signal })) {
      const named = found[outlines.length] as Detection;
      outlines.push({ mask: tidyOutline(mask, named.box), score, named });
    }
    return outlines;
  });
}

/** Who answers prompts, about what, and until when. */
export interface Answering {
  readonly segmenter: Segmenter;
  readonly embedding: SamEmbedding;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The best outline of each prompt, in their order; few are answered at a time, so that few logits are in memory.
 * @throws canceled when the signal is aborted
 */
export async function* bestOutlines(
  prompts: readonly SamPrompt[],
  { segmenter, embedding, signal }: Answering,
): AsyncGenerator<Outline> {
  for (let start = 0; start < prompts.length; start += boxesPerRun) {
    refuseAborted(signal);
    const batch = prompts.slice(start, start + boxesPerRun);
    const size = prompts.length === 1 ? 1 : boxesPerRun;
    const filled = Array.from({ length: size }, (_, i) => batch[i] ?? (batch[0] as SamPrompt));
    const answers = await segmenter.predict(embedding, filled);
    for (const [i, prompt] of batch.entries()) {
      refuseAborted(signal);
      const { best } = answers[i] as SamAnswer;
      yield { mask: await segmenter.maskOf(embedding, prompt, best), score: best.score };
    }
  }
}

/** Things that the words name, the surest first, which the clicks and the box allow. */
async function findNamed(
  text: string,
  { clicks, box }: { readonly clicks: readonly Click[]; readonly box: Box | undefined },
  { photo, context, detector: given, threshold }: OutlineOptions,
): Promise<Detection[]> {
  const detector = given ?? (await context.vision(undefined, 'detect'));
  const detections = await detector.detect(await photo.raster(), [text], { threshold, limit: maxNamed });
  const found = detections.filter((detection) => boxArea(detection.box) > 0);
  const inside = clicks.filter(({ isInside }) => isInside);
  return found.filter(
    (detection) =>
      inside.every(({ x, y }) => contains(detection.box, x, y)) &&
      (!box || boxOverlapShare(detection.box, box) >= leastShareInBox),
  );
}

function contains([left, top, right, bottom]: Box, x: number, y: number): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}

/** What the network says beside its single answer, the best first; the single answer where it says nothing else. */
function alternatives(candidates: readonly SamCandidate[]): SamCandidate[] {
  const others = candidates.length > 1 ? candidates.slice(1) : candidates;
  return others.toSorted((a, b) => b.score - a.score);
}

/** Names a wrong field by its path in the request. */
async function inField<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const field = error instanceof AppError ? error.details?.['field'] : undefined;
    if (prefix === '' || !(error instanceof AppError) || typeof field !== 'string') throw error;
    const message = `${prefix}${error.message}`;
    throw new AppError(error.code, { cause: error, message, details: { field: `${prefix}${field}` } });
  }
}
