// A client of the platform's HTTP interface: submits jobs, follows them, fetches pictures.
import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { AssetView } from '@darkroom/shared/contracts/asset';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { type JobOutput, JobView } from '@darkroom/shared/contracts/job-view';
import { AppError } from '@darkroom/shared/errors';
import type { AssetId, JobId } from '@darkroom/shared/ids';
import { readEvents, type ServerSentEvent } from './event-stream.ts';
import { type JobNews, newsOf } from './job-news.ts';
import { isPassing, noAnswer, problemOf } from './problem.ts';
import type { Access } from './readiness.ts';

/** A picture file and its type. */
export interface PictureFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly mime: ImageRef['mime'];
}

/** What a job is asked for. */
export interface Submission {
  readonly kind: JobKind;
  /** Fields that hold a picture. */
  readonly pictures: { readonly image: PictureFile; readonly mask?: PictureFile | undefined };
  /** All other fields of its contract; undefined ones are left out. */
  readonly wish: Readonly<Record<string, unknown>>;
}

/** What a caller decides about a request. */
export interface Asking {
  /** Ends it; absent = it may take as long as it does. */
  readonly signal?: AbortSignal | undefined;
  /** Under which a repeated submission is the same one; absent = a random one. */
  readonly idempotencyKey?: string;
}

const pathOf = {
  edit: '/v1/edits',
  generate: '/v1/generations',
  img2img: '/v1/img2img',
  inpaint: '/v1/inpaints',
  segment: '/v1/segmentations',
  detect: '/v1/detections',
  caption: '/v1/captions',
  similarity: '/v1/similarities',
} as const satisfies Record<JobKind, string>;

/** The most bytes of files that are sent with a request, of which 32 MiB are taken with the form around the file; larger ones go to an address of their own. */
const maxSentBytes = 31 * 2 ** 20;
const maxTries = 4;
const firstWaitMs = 250;

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Speaks to one platform with one key. */
export class Client {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  /**
   * Submits a job; a lost answer is asked for again, which makes no second job.
   * @throws the platform's refusal; unavailable when it does not answer; the signal's reason
   */
  async submit({ kind, pictures, wish }: Submission, asking: Asking = {}): Promise<JobView> {
    const { signal, idempotencyKey = crypto.randomUUID() } = asking;
    const headers = { 'idempotency-key': idempotencyKey };
    const files = Object.entries(pictures).flatMap(([name, file]) => (file ? [[name, file] as const] : []));
    if (files.reduce((sum, [, { bytes }]) => sum + bytes.length, 0) > maxSentBytes) {
      const stored: Record<string, AssetId> = {};
      for (const [name, file] of files) stored[name] = await this.upload(file, { signal });
      const json = { ...wish, ...stored };
      return JobView.parse(await this.#post(pathOf[kind], { json, headers, signal }));
    }
    const form = new FormData();
    for (const [name, { bytes, mime }] of files) form.set(name, new Blob([bytes], { type: mime }), name);
    for (const [name, value] of Object.entries(wish)) if (value !== undefined) form.set(name, fieldOf(value));
    return JobView.parse(await this.#post(pathOf[kind], { body: form, headers, signal }));
  }

  /** Sends a picture to an address that the platform signs for it. @returns its id, once it was found right */
  async upload({ bytes, mime }: PictureFile, { signal }: Asking = {}): Promise<AssetId> {
    const json = { mime, sizeBytes: bytes.length, sha256: sha256Of(bytes) };
    const { id, upload } = AssetView.parse(await this.#post('/v1/assets', { json, signal }));
    if (upload === null)
      throw new AppError('internal', { message: `asset ${id}: expected an address for it` });
    const { url, method } = upload;
    await send(url, { method, body: bytes, headers: { 'content-type': mime } }, signal);
    await this.#post(`/v1/assets/${id}/finalize`, { signal });
    return id;
  }

  /** A job as it is now. @throws not_found */
  async job(id: JobId, { signal }: Asking = {}): Promise<JobView> {
    return JobView.parse(await this.#json(`/v1/jobs/${id}`, {}, signal));
  }

  /** Stops a job as soon as its worker can. */
  async cancel(id: JobId, { signal }: Asking = {}): Promise<JobView> {
    return JobView.parse(await this.#post(`/v1/jobs/${id}/cancel`, { signal }));
  }

  /**
   * What happens to a job, up to its end; a lost connection goes on where it was.
   * @throws not_found; unavailable when the platform stays away; the signal's reason
   */
  async *follow(id: JobId, { signal }: Asking = {}): AsyncGenerator<JobNews> {
    let lastId: string | undefined;
    let failures = 0;
    while (true) {
      try {
        for await (const event of this.#events(id, lastId, signal)) {
          failures = 0;
          lastId = event.id ?? lastId;
          const news = newsOf(event);
          if (news) yield news;
          if (news?.kind === 'end') return;
        }
      } catch (fault) {
        failures += 1;
        if (signal?.aborted || !isPassing(fault) || failures === maxTries) throw fault;
      }
      await pause(firstWaitMs * 2 ** failures, signal);
    }
  }

  /** A finished picture, checked against its digest. */
  async download({ url, sha256 }: JobOutput, { signal }: Asking = {}): Promise<Uint8Array<ArrayBuffer>> {
    const answer = await send(url, {}, signal);
    const bytes = new Uint8Array(await readWhole(url, () => answer.arrayBuffer(), signal));
    if (sha256Of(bytes) === sha256) return bytes;
    throw new AppError('internal', { message: `the picture came damaged: expected SHA-256 ${sha256}` });
  }

  async *#events(
    id: JobId,
    lastId: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ServerSentEvent> {
    const headers = { accept: 'text/event-stream', ...(lastId !== undefined && { 'last-event-id': lastId }) };
    const answer = await this.#send(`/v1/jobs/${id}/events`, { headers }, signal);
    if (answer.body === null) return;
    try {
      yield* readEvents(answer.body);
    } catch (cause) {
      signal?.throwIfAborted();
      throw noAnswer(this.#access.url, cause);
    }
  }

  async #post(path: string, { json, body, headers, signal }: Sending): Promise<unknown> {
    const given = json === undefined ? { body: body ?? null } : { body: JSON.stringify(json) };
    const type = json === undefined ? {} : { 'content-type': 'application/json' };
    return await this.#json(path, { method: 'POST', ...given, headers: { ...headers, ...type } }, signal);
  }

  async #json(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<unknown> {
    const answer = await this.#send(path, init, signal);
    return await readWhole(this.#access.url, () => answer.json(), signal);
  }

  async #send(path: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
    const { url, key } = this.#access;
    const headers = { ...init.headers, authorization: `Bearer ${key}` };
    return await send(`${url}${path}`, { ...init, headers }, signal);
  }
}

/** A form knows only text: lists and objects are told as JSON. */
function fieldOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

interface Sending extends Asking {
  readonly json?: unknown;
  readonly body?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a request, again when nobody answered: each is safe to repeat. @throws the refusal, as the answer tells it */
async function send(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Response> {
  for (let tries = 1; ; tries++) {
    try {
      return await sendOnce(url, { ...init, ...(signal && { signal }) });
    } catch (fault) {
      signal?.throwIfAborted();
      if (!isPassing(fault) || tries === maxTries) throw fault;
    }
    await pause(firstWaitMs * 2 ** tries, signal);
  }
}

async function sendOnce(url: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(url, init).catch((cause: unknown) => {
    throw noAnswer(new URL(url).origin, cause);
  });
  if (answer.ok) return answer;
  throw await problemOf(answer);
}

async function readWhole<T>(
  url: string,
  read: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  return await read().catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw noAnswer(url, cause);
  });
}

/** @throws the signal's reason */
async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(durationMs, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
}
