// The part of a photo that an edit may change: found by words, clicks or a box, or drawn by someone.
import { AppError } from '@darkroom/shared/errors';
import type { Raster } from '../image/raster.ts';
import type { JobOf, KernelContext } from './kernel.ts';
import { featherMask, type Mask, readMask } from './mask.ts';
import { type Outline, outline } from './outline.ts';
import { SeenPhoto } from './seen-photo.ts';

type EditJob = JobOf<'edit'>;
type Region = NonNullable<EditJob['region']>;

/** Of the things that words may mean, those are meant of which the detector is at least this much as sure as of the surest. */
const sureEnough = 0.5;

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
  const { width, height } = original;
  const data = new Uint8Array(width * height);
  for (const { mask: inside } of meantBy(outlines)) {
    for (let at = 0; at < data.length; at++) if (inside.data[at] === 1) data[at] = 255;
  }
  if (!data.includes(255)) refuseEmpty(region);
  return featherMask({ width, height, data }, region.feather);
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
