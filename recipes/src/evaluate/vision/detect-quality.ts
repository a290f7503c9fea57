/** Counts what a detector found against boxes that are known, as COCO does (Lin et al. 2014) at one overlap. */
import { type Box, boxIou } from '@darkroom/gpu-worker/vision/boxes';
import type { Detection } from '@darkroom/gpu-worker/vision/detector';
import type { RealBox } from './annotations.ts';

/** Least intersection over union of a box with the thing that it finds. */
const leastIou = 0.5;
/** A box of which this share lies in a part of the photo that does not count, does not count either. */
const ignoredShare = 0.5;

/** Whether a box found a thing, found nothing, or is not counted. */
export type Verdict = 'hit' | 'false' | 'ignored';

export interface Judged {
  /** Verdicts of the detections, in their order. */
  readonly verdicts: readonly Verdict[];
  /** Things that count and that no detection found. */
  readonly missed: readonly RealBox[];
}

/**
 * Judges detections of a photo whose labels are COCO's. The surest chooses first; each thing is found once, so that a
 * second box around it is false.
 */
export function judgeDetections(detections: readonly Detection[], known: readonly RealBox[]): Judged {
  const open = new Set(known.filter(({ ignore, crowd }) => !ignore && !crowd));
  const uncounted = known.filter(({ ignore, crowd }) => ignore || crowd);
  const verdicts = new Array<Verdict>(detections.length).fill('false');
  const surestFirst = [...detections.entries()].sort(([, a], [, b]) => b.score - a.score);
  for (const [index, { label, box }] of surestFirst) {
    const [best] = [...open]
      .filter((thing) => thing.label === label && boxIou(thing.box, box) >= leastIou)
      .sort((a, b) => boxIou(b.box, box) - boxIou(a.box, box));
    if (best) {
      open.delete(best);
      verdicts[index] = 'hit';
    } else if (uncounted.some((part) => part.label === label && shareInside(box, part.box) >= ignoredShare)) {
      verdicts[index] = 'ignored';
    }
  }
  return { verdicts, missed: [...open] };
}

function shareInside([left, top, right, bottom]: Box, [x0, y0, x1, y1]: Box): number {
  const width = Math.max(0, Math.min(right, x1) - Math.max(left, x0));
  const height = Math.max(0, Math.min(bottom, y1) - Math.max(top, y0));
  return (width * height) / Math.max(1e-9, (right - left) * (bottom - top));
}

/** Counts of one label, or of all. */
export interface DetectCounts {
  /** Things that count. */
  readonly things: number;
  readonly hits: number;
  /** Boxes with nothing in them. */
  readonly falses: number;
}

/** Share of the boxes that are right; undefined where there is none. */
export function precisionOf({ hits, falses }: DetectCounts): number | undefined {
  return hits + falses === 0 ? undefined : hits / (hits + falses);
}

/** Share of the things that were found; undefined where there is none. */
export function recallOf({ hits, things }: DetectCounts): number | undefined {
  return things === 0 ? undefined : hits / things;
}

export function addCounts(counts: Iterable<DetectCounts>): DetectCounts {
  let [things, hits, falses] = [0, 0, 0];
  for (const count of counts) {
    things += count.things;
    hits += count.hits;
    falses += count.falses;
  }
  return { things, hits, falses };
}

/** Counts of each label that occurs in the photo, or that was found there. */
export function countsOfPhoto(
  detections: readonly Detection[],
  { verdicts, missed }: Judged,
): Map<string, DetectCounts> {
  const labels = new Set([...detections.map(({ label }) => label), ...missed.map(({ label }) => label)]);
  const counts = [...labels].map((label): readonly [string, DetectCounts] => {
    const of = (verdict: Verdict): number =>
      detections.filter((detection, i) => detection.label === label && verdicts[i] === verdict).length;
    const hits = of('hit');
    const things = hits + missed.filter((thing) => thing.label === label).length;
    return [label, { things, hits, falses: of('false') }];
  });
  return new Map(counts);
}
