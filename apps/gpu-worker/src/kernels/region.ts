// The part of a photo that an edit may change: found by words, clicks or a box, or drawn by someone.
import { AppError, toAppError } from '@darkroom/shared/errors';
import type { Raster } from '../image/raster.ts';
import type { JobOf, KernelContext } from './kernel.ts';
import { featherMask, type Mask, readMask } from './mask.ts';
import { type Outline, outline } from './outline.ts';
import { SeenPhoto } from './seen-photo.ts';

type EditJob = JobOf<'edit'>;
type Region = NonNullable<EditJob['region']>;

/** Of the things that words may mean, those are meant of which the detector is at least this much as sure as of the surest. */
const sureEnough = 0.5;

/** How sure the detector must be of a thing that nobody asked it for in so many words. */
const unaskedScore = 0.4;
/** Soft edge of such a thing, in pixels. */
const unaskedFeather = 2;
const absentModel: ReadonlySet<string> = new Set(['model_required', 'model_not_found']);

/**
 * The mask of an edit; absent: the whole photo may change. Its soft edge lies inside, so that whatever is outside of the mask
 * or of the outlines stays byte for byte as it is.
 * @throws invalid_request naming the field; no_match where nothing fits the region
 */
export async function editMask(
  { image, mask, feather, region }: EditJob,
  original: Raster,
  context: KernelContext,
): Promise<Mask | undefined> {
  if (mask) return featherMask(await readMask(mask, original, context), feather ?? 0);
  if (!region) return undefined;
  const segmenter = await context.vision(undefined, 'segment');
  const photo = new SeenPhoto(image, context, original);
  const outlines = await outline(region, { photo, segmenter, context, prefix: 'region.' });
  return joined(meantBy(outlines), original, region.feather) ?? refuseEmpty(region);
}

/**
 * The mask of a thing that an instruction alone names; undefined where the photo surely shows no such thing, or this worker has no
 * models that find it: then the whole photo may change.
 */
export async function namedMask(
  thing: string,
  { image }: EditJob,
  original: Raster,
  context: KernelContext,
): Promise<Mask | undefined> {
  try {
    const segmenter = await context.vision(undefined, 'segment');
    const photo = new SeenPhoto(image, context, original);
    const outlines = await outline({ text: thing }, { photo, segmenter, context });
    const sure = outlines.filter(({ named }) => named && named.score >= unaskedScore);
    return joined(meantBy(sure), original, unaskedFeather);
  } catch (error) {
    if (absentModel.has(toAppError(error).code)) return undefined;
    throw error;
  }
}

/** All that the outlines hold; undefined where that is nothing. */
function joined(outlines: readonly Outline[], { width, height }: Raster, feather: number): Mask | undefined {
  const data = new Uint8Array(width * height);
  for (const { mask: inside } of outlines) {
    for (let at = 0; at < data.length; at++) if (inside.data[at] === 1) data[at] = 255;
  }
  return data.includes(255) ? featherMask({ width, height, data }, feather) : undefined;
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
