/** What is told of jobs while they wait and run: their places, progress and previews. */
import type { PreviewFrame } from '@darkroom/shared/contracts/frames';
import type { JobProgress } from '@darkroom/shared/contracts/job-view';
import type { JobId } from '@darkroom/shared/ids';
import type { JobFeeds } from './job-events.ts';
import { isQueued, type JobRow, type Pool } from './pool-rows.ts';
import { progressOf } from './pool-view.ts';
import { type QueuePlace, queuePlaces } from './queue-place.ts';

/** The news of a pool's jobs; `pool` is the same object for life, with rows that change. */
export class PoolNews {
  readonly #pool: Pool;
  readonly #feeds: JobFeeds;
  /** Places in the queue, until it moves. */
  #places: ReadonlyMap<JobId, QueuePlace> | undefined;

  constructor(pool: Pool, feeds: JobFeeds) {
    this.#pool = pool;
    this.#feeds = feeds;
  }

  /** How far a job is; undefined = the pool does not know it. */
  progress(jobId: JobId): JobProgress | undefined {
    const job = this.#pool.jobs.get(jobId);
    return job && progressOf(job, this.#placeOf(jobId));
  }

  /** A job's events from now on, or behind one of them; undefined = the pool does not know it. */
  listen(jobId: JobId, afterEventId: number | undefined): ReadableStream<Uint8Array> | undefined {
    const job = this.#pool.jobs.get(jobId);
    if (!job) return undefined;
    const name = isQueued(job) || job.state === 'starting' ? job.state : 'progress';
    return this.#feeds.open(jobId, afterEventId, { name, data: progressOf(job, this.#placeOf(jobId)) });
  }

  /** Rows have changed: places are counted anew when someone asks. */
  forgetPlaces(): void {
    this.#places = undefined;
  }

  /** Tells everyone who listens to a waiting job where it stands, if it stands elsewhere than before. */
  tellPlaces(): void {
    for (const id of this.#feeds.heard()) {
      const job = this.#pool.jobs.get(id);
      if (job && isQueued(job)) this.#feeds.publishPlace(id, progressOf(job, this.#placeOf(job.facts.id)));
    }
  }

  tellStart(row: JobRow): void {
    this.#feeds.publish(row.facts.id, 'starting', progressOf(row, undefined));
  }

  tellProgress(jobId: JobId): void {
    const job = this.#pool.jobs.get(jobId);
    if (job) this.#feeds.publish(jobId, 'progress', progressOf(job, undefined));
  }

  tellPreview({ jobId, step }: PreviewFrame, bytes: ArrayBuffer): void {
    if (!this.#pool.jobs.has(jobId)) return;
    this.#feeds.publish(jobId, 'preview', { step, mime: 'image/webp', data: base64(bytes) });
  }

  #placeOf(jobId: JobId): QueuePlace | undefined {
    this.#places ??= queuePlaces(this.#pool, Date.now());
    return this.#places.get(jobId);
  }
}

function base64(bytes: ArrayBuffer): string {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''));
}
