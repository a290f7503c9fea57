/** What is known about the evaluation photos: outlines and boxes that were drawn by eye (recipes/evaluation). */
import { readFile } from 'node:fs/promises';
import type { Box } from '@darkroom/gpu-worker/vision/boxes';
import type { MaskRle } from '@darkroom/gpu-worker/vision/mask-rle';

/** One outlined thing. */
export interface RealMask {
  /** Name in the photo store. */
  readonly photo: string;
  /** What it is, in English words. */
  readonly object: string;
  /** Of the stored photo's size. */
  readonly rle: MaskRle;
}

/** One thing of the 80 COCO labels, in pixels of the stored photo. */
export interface RealBox {
  readonly label: string;
  readonly box: Box;
  /** Too small, mostly hidden, or it could carry another label: counts neither for nor against. */
  readonly ignore?: true;
  /** Many things in one box; counts neither for nor against. */
  readonly crowd?: true;
}

/** A photo of which every thing with a COCO label is known. */
export interface RealPhoto {
  readonly photo: string;
  readonly size: readonly [height: number, width: number];
  /** None: there is no such thing in it. */
  readonly boxes: readonly RealBox[];
}

/** The outlined things. */
export async function readRealMasks(): Promise<readonly RealMask[]> {
  return (await readAnnotations<{ objects: RealMask[] }>('real-masks')).objects;
}

/** The photos with boxes. */
export async function readRealBoxes(): Promise<readonly RealPhoto[]> {
  return (await readAnnotations<{ annotations: RealPhoto[] }>('real-boxes')).annotations;
}

async function readAnnotations<T>(name: string): Promise<T> {
  const file = new URL(`../../../evaluation/${name}.json`, import.meta.url);
  return JSON.parse(await readFile(file, 'utf8')) as T;
}
