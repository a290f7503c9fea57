// From OWL-ViT's numbers for one picture to boxes, and from a picture to a query.
import type { Size } from '../image/resize.ts';
import { type Box, boxFromCentre, boxIou, generalizedIou, scaleBox, suppressOverlaps } from './boxes.ts';

/** What was found. */
export interface Detection {
  /** In pixels of the picture; may reach beyond its border. */
  readonly box: Box;
  /** Index of the query that fits best. */
  readonly query: number;
  /** Probability, 0 to 1. */
  readonly score: number;
}

/** One picture's answers. */
export interface DetectionOutput {
  /** [patches, queries] */
  readonly logits: Float32Array;
  /** Centre, width and height as parts of the picture, [patches, 4]. */
  readonly boxes: Float32Array;
}

/**
 * Each patch with its best query where that is likelier than `threshold`, in the order of the patches. Neighbouring patches
 * often see the same thing: see {@link suppressOverlaps}.
 */
export function textDetections(
  { logits, boxes }: DetectionOutput,
  { width, height }: Size,
  threshold = 0.1,
): Detection[] {
  const patches = boxes.length / 4;
  const queries = logits.length / patches;
  const detections: Detection[] = [];
  for (let patch = 0; patch < patches; patch++) {
    const row = logits.subarray(patch * queries, (patch + 1) * queries);
    const best = row.reduce((at, logit, i) => (logit > (row[at] as number) ? i : at), 0);
    const score = sigmoid(row[best] as number);
    if (!(score > threshold)) continue;
    detections.push({ box: scaleBox(boxFromCentre(boxes, patch * 4), width, height), query: best, score });
  }
  return detections;
}

/** What was found for a query that is a picture. */
export interface RelativeDetection extends Detection {
  /** 1 for the best, 0 for a tenth of its probability: these probabilities say little by themselves. */
  readonly strength: number;
}

/** How much is shown of what looks like the query. */
export interface RelativeOptions {
  /** Least strength. Default 0.6. */
  readonly threshold?: number;
  /** Greatest overlap of two boxes. Default 0.3. */
  readonly maxIou?: number;
}

/** Boxes of what looks like a query picture, the best first, without overlaps. */
export function imageDetections(
  output: DetectionOutput,
  size: Size,
  { threshold = 0.6, maxIou = 0.3 }: RelativeOptions = {},
): RelativeDetection[] {
  // Overlaps are judged on parts of the picture as the reference does; they are the same in pixels.
  const distinct = suppressOverlaps(textDetections(output, size, 0), maxIou);
  const best = (distinct[0]?.score ?? 0) + 1e-6;
  return distinct
    .map((detection) => ({
      ...detection,
      strength: Math.min(1, (detection.score - 0.1 * best) / (0.9 * best)),
    }))
    .filter(({ strength }) => strength > 0 && strength >= threshold);
}

/** One picture's patches, among which a query is chosen. */
export interface QueryCandidates {
  /** [patches, width] */
  readonly classEmbeddings: Float32Array;
  /** Centre, width and height as parts of the picture, [patches, 4]. */
  readonly boxes: Float32Array;
}

/** A patch as a query. */
export interface ImageQuery {
  readonly patch: number;
  /** As the class head gave it, of any length. */
  readonly embedding: Float32Array;
  /** What it encloses, as parts of the picture. */
  readonly box: Box;
}

/** How much less than the best a box may fit the wanted one. */
const fittingShare = 0.8;

/**
 * The patch that stands for what a part of a picture shows: of the boxes that fit it nearly best, the one least like the
 * picture's average, which is mostly background.
 *
 * @param wanted as parts of the picture. Default: all of it.
 */
export function chooseQuery(
  { classEmbeddings, boxes }: QueryCandidates,
  wanted: Box = [0, 0, 1, 1],
): ImageQuery {
  const patches = boxes.length / 4;
  const width = classEmbeddings.length / patches;
  const corners = Array.from({ length: patches }, (_, patch) => boxFromCentre(boxes, patch * 4));
  const overlaps = corners.map((box) => boxIou(wanted, box));
  const fits = overlaps.some((iou) => iou > 0) ? overlaps : corners.map((box) => generalizedIou(wanted, box));
  const least = Math.max(...fits) * fittingShare;
  const embeddingOf = (patch: number): Float32Array =>
    classEmbeddings.subarray(patch * width, (patch + 1) * width);
  const mean = new Float64Array(width);
  for (let i = 0; i < classEmbeddings.length; i++) {
    mean[i % width] = (mean[i % width] as number) + (classEmbeddings[i] as number) / patches;
  }
  const likeness = (patch: number): number =>
    embeddingOf(patch).reduce((sum, value, i) => sum + value * (mean[i] as number), 0);
  const fitting = [...fits.keys()].filter((patch) => (fits[patch] as number) >= least);
  // Where no box meets the wanted one, the best fit is below 0 and nothing reaches a part of it.
  const candidates = fitting.length > 0 ? fitting : [fits.indexOf(Math.max(...fits))];
  const patch = candidates.reduce((a, b) => (likeness(b) < likeness(a) ? b : a));
  return { patch, embedding: embeddingOf(patch).slice(), box: corners[patch] as Box };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
