/** Requests for jobs, and a worker of the pool that serves them. */

import { env } from 'cloudflare:workers';
import { findBudget } from '@darkroom/edge/db/budgets';
import { openDatabase } from '@darkroom/edge/db/database';
import { jobs, outbox, usage } from '@darkroom/edge/db/schema';
import { doneOf } from '@darkroom/edge/dispatch/test-pool';
import type { OfferFrame } from '@darkroom/shared/contracts/frames';
import { JobView } from '@darkroom/shared/contracts/job-view';
import { eq } from 'drizzle-orm';
import { png } from './assets-stage.ts';
import type { EdgeUnderTest } from './edge-app.ts';
import type { FakeWorker } from './pool-stage.ts';
import { PoolStage } from './pool-stage.ts';

const db = openDatabase(env.DB);

/** A request that names its picture. */
export const asJson = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

/** A request that brings its picture. */
export function asForm(
  fields: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {},
  headers: Record<string, string> = {},
): RequestInit {
  const form = new FormData();
  for (const [name, value] of Object.entries({ image: png, prompt: 'make it a snowy night', ...fields }))
    form.set(name, typeof value === 'string' ? value : new File([value], 'photo.png', { type: 'image/png' }));
  return { method: 'POST', body: form, headers };
}

export const viewOf = async (answer: Response): Promise<JobView> => JobView.parse(await answer.json());

/** The jobs of a project, as the books have them. */
export const jobsOf = async ({ project }: EdgeUnderTest) =>
  await db.select().from(jobs).where(eq(jobs.projectId, project.id));

export const usageOf = async ({ project }: EdgeUnderTest) =>
  await db.select().from(usage).where(eq(usage.projectId, project.id));

export const outboxOf = async ({ project }: EdgeUnderTest) =>
  await db.select().from(outbox).where(eq(outbox.projectId, project.id));

/** What a project has spent and promised. */
export async function moneyOf({ project }: EdgeUnderTest): Promise<object> {
  const budget = await findBudget(db, { projectId: project.id, holderId: project.id });
  return { spentMicros: budget?.spentMicros, reservedMicros: budget?.reservedMicros };
}

const embedded = { id: 'darkroom/edit', sha256: 'e'.repeat(64) };

/** A worker of the default pool that has the embedded model. */
export async function joinDefault(): Promise<FakeWorker> {
  const stage = await PoolStage.open('default');
  return await stage.join('a', { models: [{ ...embedded, kinds: ['edit'] }] });
}

/** Runs the next offer to a good end. */
export async function finishNext(worker: FakeWorker): Promise<OfferFrame> {
  const offer = await worker.next('offer');
  const lease = { jobId: offer.jobId, fence: offer.fence };
  worker.say({ type: 'accept', ...lease });
  const { outputs, ...done } = doneOf(lease);
  const [picture] = outputs;
  if (!picture) throw new TypeError('expected a picture');
  worker.say({ ...done, model: embedded, outputs: offer.outputs.map(({ key }) => ({ ...picture, key })) });
  await worker.next('ack');
  worker.say({ type: 'ready', freeSlots: 1, resident: [] });
  return offer;
}
