// The part of a photo that an edit may change: found by words, clicks or a box, or drawn by someone.
import { AppError, toAppError } from '@darkroom/shared/errors';
import type { Raster } from '../image/raster.ts';
import type { JobOf, KernelContext } from './kernel.ts';
import { featherMask, growMask, type Mask, readMask, weightBox } from './mask.ts';
import { type Outline, outline } from './outline.ts';
import { SeenPhoto } from './seen-photo.ts';

type EditJob = JobOf<'edit'>;
type Region = NonNullable<EditJob['region']>;

/** Of the things that words may mean, those are meant of which the detector is at least this much as sure as of the surest. */
const sureEnough = 0.5;

/** How sure the detector must be of a thing that nobody asked it for in so many words, and how sure the one that finds more. */
const [unaskedScore, finderScore] = [0.4, 0.2];
/** Soft edge of such a thing, in pixels. */
const unaskedFeather = 2;
/** How far what is to be gone reaches beyond its outline, as a part of its longer side, and in pixels at least. */
const [goneReach, leastGoneReach] = [0.02, 2];
const absentModel: ReadonlySet<string> = new Set(['model_required', 'model_not_found']);

/**
 * The mask of an edit; absent: the whole photo may change. Its soft edge lies inside, so that whatever is outside of the mask
 * or of the outlines stays byte for byte as it is.
 * @throws invalid_request naming the field; no_match where nothing fits the region
 */
export async function editMask(
  { image, mask, feather, region }: EditJob,
  original: Raster,
  { context, isGone }: MaskOptions,
): Promise<Mask | undefined> {
  if (mask) return featherMask(await readMask(mask, original, context), feather ?? 0);
  if (!region) return undefined;
  const segmenter = await context.vision(undefined, 'segment');
  const photo = new SeenPhoto(image, context, original);
  const outlines = await outline(region, { photo, segmenter, context, prefix: 'region.' });
  return joined(meantBy(outlines), original, { feather: region.feather, isGone }) ?? refuseEmpty(region);
}

/** For whom a mask is made. */
export interface MaskOptions {
  readonly context: KernelContext;
  /** Whether what it shows is to be gone: then it takes in its edge. */
  readonly isGone: boolean;
}

/**
 * The mask of a thing that an instruction alone names; undefined where the photo surely shows no such thing, or this worker has no
 * models that find it: then the whole photo may change.
 */
export async function namedMask(
  thing: string,
  { image }: EditJob,
  original: Raster,
  { context, isGone }: MaskOptions,
): Promise<Mask | undefined> {
  try {
    const segmenter = await context.vision(undefined, 'segment');
    const detector = await context.vision(undefined, 'detect');
    const photo = new SeenPhoto(image, context, original);
    for (const [asked, threshold] of [
      [detector, unaskedScore],
      [detector.finder, finderScore],
    ] as const) {
      if (!asked) continue;
      const outlines = await outline(
        { text: thing },
        { photo, segmenter, context, detector: asked, threshold },
      );
      const mask = joined(meantBy(outlines), original, { feather: unaskedFeather, isGone });
      if (mask) return mask;
    }
    return undefined;
  } catch (error) {
    if (absentModel.has(toAppError(error).code)) return undefined;
    throw error;
  }
}

/** All that the outlines hold; undefined where that is nothing. */
function joined(
  outlines: readonly Outline[],
  { width, height }: Raster,
  { feather, isGone }: { readonly feather: number; readonly isGone: boolean },
): Mask | undefined {
  const data = new Uint8Array(width * height);
  for (const { mask: inside } of outlines) {
    for (let at = 0; at < data.length; at++) if (inside.data[at] === 1) data[at] = 255;
  }
  const mask = { width, height, data };
  const box = weightBox(mask);
  if (!box) return undefined;
  const [left, top, right, bottom] = box;
  const reach = Math.max(leastGoneReach, Math.round(goneReach * Math.max(right - left, bottom - top)));
  return featherMask(isGone ? growMask(mask, reach) : mask, feather);
}

function meantBy(outlines: readonly Outline[]): Outline[] {
  const surest = Math.max(...outlines.map(({ named }) => named?.score ?? 0));
  return outlines.filter(({ named }) => !named || named.score >= sureEnough * surest);
}

function refuseEmpty({ text, points }: Region): never {
  const field = text !== undefined ? 'region.text' : points ? 'region.points' : 'region.box';
  const wanted =
    text === undefined
      ? 'something to outline there'
      : `something in the photo that fits ${JSON.stringify(text)}`;
  throw new AppError('no_match', {
    message: `${field}: expected ${wanted}, found nothing`,
    details: { field },
  });
}
