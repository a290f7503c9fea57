import type { JobResult } from '@darkroom/shared/contracts/job-result';
import { encodeImage } from '../image/encode.ts';
import { encodeGrey } from '../image/encode-grey.ts';
import type { Size } from '../image/resize.ts';
import { boxArea } from '../vision/boxes.ts';
import type { Detection } from '../vision/detector.ts';
import { LabelMaps, maxInstances } from '../vision/label-map.ts';
import { rleArea } from '../vision/mask-rle.ts';
import { fitting, roundedBox, roundedScore } from './findings.ts';
import type { JobEvent, JobOf, KernelContext } from './kernel.ts';
import { bestOutlines } from './outline.ts';
import { SeenPhoto } from './seen-photo.ts';

type DetectionEntry = Extract<JobResult, { kind: 'detect' }>['detections'][number];

/** Finds what the queries name; with label maps, outlines each thing too. */
export async function* detect(job: JobOf<'detect'>, context: KernelContext): AsyncGenerator<JobEvent> {
  const detector = await context.vision(job.model, job.kind);
  const photo = new SeenPhoto(job.image, context);
  const { queries, threshold, limit, labelMaps } = job;
  const raster = await photo.raster();
  const most = labelMaps ? Math.min(limit, maxInstances) : limit;
  const seen = await detector.detect(raster, queries, { threshold, limit: most });
  // What lies beyond the border of the photo has no area in it.
  const found = seen.filter(({ box }) => boxArea(box) > 0);
  const maps = labelMaps ? await paintMaps(found, { photo, queries, context }) : undefined;
  const runs = maps?.runs(found.map((_, i) => i + 1));
  const detections = found.map(({ label, score, box }, i): DetectionEntry => {
    const entry = { label, score: roundedScore(score), box: roundedBox(box) };
    const rle = runs?.get(i + 1);
    if (!rle) return entry;
    const { size, counts } = rle;
    const own = { size: [...size] as [number, number], counts: [...counts] };
    return { ...entry, instanceId: i + 1, area: rleArea(rle), rle: own };
  });
  const { kept, rest } = fitting(detections, { most: limit });
  const unknownQueries = detector.unknownQueries?.(queries) ?? [];
  const unknown = unknownQueries.length > 0 ? { unknownQueries } : {};
  yield { kind: 'result', result: { kind: 'detect', detections: kept, ...unknown, ...rest } };
  if (maps) yield* mapOutputs(maps, { width: raster.width, height: raster.height });
}

interface Painting {
  readonly photo: SeenPhoto;
  readonly queries: readonly string[];
  readonly context: KernelContext;
}

/** Outlines the things from the least sure to the surest, so that where they overlap the surer is seen. */
async function paintMaps(
  found: readonly Detection[],
  { photo, queries, context }: Painting,
): Promise<LabelMaps> {
  const maps = new LabelMaps(await photo.raster());
  const segmenter = await context.vision(undefined, 'segment');
  const embedding = await photo.embedding(segmenter);
  const backwards = found.map((detection, i) => ({ ...detection, id: i + 1 })).reverse();
  const prompts = backwards.map(({ box }) => ({ box }));
  let next = 0;
  for await (const { mask } of bestOutlines(prompts, { segmenter, embedding, signal: context.signal })) {
    const { id, label } = backwards[next++] as (typeof backwards)[number];
    maps.paint(mask, { id, kind: queries.indexOf(label) });
  }
  return maps;
}

async function* mapOutputs(maps: LabelMaps, size: Size): AsyncGenerator<JobEvent> {
  const files = [
    await encodeGrey(size, maps.semantic()),
    await encodeGrey(size, maps.instance),
    await encodeImage({ ...size, channels: 3, data: maps.panoptic() }, { format: 'png' }),
  ];
  for (const [index, bytes] of files.entries()) {
    yield { kind: 'output', index, bytes, mime: 'image/png', ...size };
  }
}
