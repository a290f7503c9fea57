// The photo with what a job found drawn on it.

import type { OutputFormat } from '@darkroom/gpu-worker/image/encode';
import type { OverlayThing } from '@darkroom/gpu-worker/vision/overlay';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import type { Picture } from './job-event.ts';
import type { PhotoFile } from './photo-file.ts';

/** Draws masks, or boxes with their names; only a command that draws loads what draws. */
export async function drawResult(
  photo: PhotoFile,
  result: JobResult,
  format: OutputFormat,
): Promise<Picture> {
  const [{ decodeImage }, { encodeImage, outputFormats }, { drawOverlay }] = await Promise.all([
    import('@darkroom/gpu-worker/image/decode'),
    import('@darkroom/gpu-worker/image/encode'),
    import('@darkroom/gpu-worker/vision/overlay'),
  ]);
  const picture = await drawOverlay(await decodeImage(photo.bytes), thingsOf(result));
  const { width, height } = picture;
  return { bytes: await encodeImage(picture, { format }), width, height, mime: outputFormats[format].mime };
}

function thingsOf(result: JobResult): OverlayThing[] {
  if (result.kind === 'segment') return result.masks.map(({ rle, label }) => ({ rle, label }));
  if (result.kind === 'detect')
    return result.detections.map(({ rle, box, label, score }) => ({
      rle,
      box,
      label: `${label} ${score.toFixed(2)}`,
    }));
  return [];
}
