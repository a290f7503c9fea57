/** Requests about what photos show, and a worker that answers them. */
import { openDatabase } from '@darkroom/edge/db/database';
import { jobResults } from '@darkroom/edge/db/schema';
import { doneOf } from '@darkroom/edge/dispatch/test-pool';
import type { OfferFrame } from '@darkroom/shared/contracts/frames';
import type { OutputName } from '@darkroom/shared/contracts/job-outputs';
import type { VisionKind } from '@darkroom/shared/contracts/job-request';
import type { JobResult } from '@darkroom/shared/contracts/job-result';
import { eq } from 'drizzle-orm';
import { png } from './assets-stage.ts';
import { type EdgeUnderTest, testEnv } from './edge-app.ts';
import { type FakeWorker, PoolStage } from './pool-stage.ts';

const sha256 = 'e'.repeat(64);
/** What no embedded model can. */
export const comparer = 'someone/comparer';
const models = [
  { id: 'darkroom/segment', sha256, kinds: ['segment' as const] },
  { id: 'darkroom/detect', sha256, kinds: ['detect' as const] },
  { id: 'darkroom/caption', sha256, kinds: ['caption' as const] },
  { id: comparer, sha256, kinds: ['similarity' as const] },
];

/** A worker of the default pool that looks at photos. */
export async function joinLooking(): Promise<FakeWorker> {
  return await (await PoolStage.open('default')).join('looking', { models });
}

/** One wish of a kind, what it comes to, and what it costs. */
export interface Case {
  readonly kind: VisionKind;
  readonly path: string;
  readonly wish: Readonly<Record<string, unknown>>;
  readonly result: JobResult;
  readonly names: readonly OutputName[];
  readonly micros: number;
}

const rle = { size: [4, 6] as [number, number], counts: [8, 8, 8] };
const box = [2, 0, 4, 4] as [number, number, number, number];
const found = { label: 'dog', score: 0.9, box };

export const cases: readonly Case[] = [
  {
    kind: 'segment',
    path: '/v1/segmentations',
    wish: { points: [{ x: 3, y: 2, label: 1 }], box: [2, 0, 5, 4] },
    result: { kind: 'segment', masks: [{ score: 1.01, area: 8, box, rle }] },
    names: ['mask'],
    micros: 500,
  },
  {
    kind: 'detect',
    path: '/v1/detections',
    wish: { queries: ['dog', 'red car'], limit: 5 },
    result: { kind: 'detect', detections: [found] },
    names: [],
    micros: 500,
  },
  {
    kind: 'detect',
    path: '/v1/detections',
    wish: { queries: ['dog'], labelMaps: true },
    result: { kind: 'detect', detections: [{ ...found, instanceId: 1, area: 8, rle }] },
    names: ['semantic', 'instance', 'panoptic'],
    micros: 500,
  },
  {
    kind: 'caption',
    path: '/v1/captions',
    wish: { beams: 1 },
    result: { kind: 'caption', caption: 'a dog on a beach', score: -0.7 },
    names: [],
    micros: 300,
  },
  {
    kind: 'similarity',
    path: '/v1/similarities',
    wish: { texts: ['a dog', 'a cat'], model: comparer },
    result: {
      kind: 'similarity',
      measure: 'cosine',
      similarities: [
        { text: 'a dog', score: 0.3 },
        { text: 'a cat', score: -0.1 },
      ],
    },
    names: [],
    micros: 100,
  },
];

/** Answers the next offer. */
export async function answerNext(worker: FakeWorker, result: JobResult): Promise<OfferFrame> {
  const offer = await worker.next('offer');
  const lease = { jobId: offer.jobId, fence: offer.fence };
  worker.say({ type: 'accept', ...lease });
  const { outputs: pictures, ...done } = doneOf(lease, 0);
  const outputs = offer.outputs.flatMap(({ key, mime }) =>
    pictures.map((picture) => ({ ...picture, key, mime })),
  );
  const model = { id: offer.job.model ?? '', sha256 };
  worker.say({ ...done, model, outputs, result });
  await worker.next('ack');
  worker.say({ type: 'ready', freeSlots: 1, resident: [] });
  return offer;
}

/** What the books hold of a project's results. */
export const resultsOf = async ({ project }: EdgeUnderTest): Promise<object[]> =>
  await openDatabase(testEnv.DB).select().from(jobResults).where(eq(jobResults.projectId, project.id));

/** A wish as a form that brings its picture. */
export function asLookForm({ wish }: Pick<Case, 'wish'>, headers: Record<string, string> = {}): RequestInit {
  const form = new FormData();
  form.set('image', new File([png], 'photo.png', { type: 'image/png' }));
  for (const [name, value] of Object.entries(wish))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  return { method: 'POST', body: form, headers };
}
