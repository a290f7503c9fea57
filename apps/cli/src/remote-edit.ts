// One edit from a file to a file, run by a platform over HTTP.
import type { JobView } from '@darkroom/shared/contracts/job-view';
import { AppError } from '@darkroom/shared/errors';
import { Client } from './client.ts';
import type { EditArguments } from './edit-arguments.ts';
import type { EditEvent, EditRun } from './edit-event.ts';
import { chooseOutput, writePicture } from './edit-output.ts';
import { openEditServer } from './edit-server.ts';
import type { JobNews } from './job-news.ts';
import { readPhotoFile } from './photo-file.ts';

/** Time for the platform to hear that a job is not wanted any more. */
const cancelMs = 5_000;

/**
 * Reads the photo, has it edited and writes the picture; nothing is written unless all of it succeeds.
 * @throws not_found, unsupported_media, image_too_large, image_corrupt; what the platform refuses, and why its job
 * failed; canceled when the signal is aborted, after the platform was told
 */
export async function* editRemotely(asked: EditArguments, run: EditRun): AsyncGenerator<EditEvent> {
  const { signal } = run;
  const { bytes, format: type } = await readPhotoFile(asked.photo);
  const place = await chooseOutput(asked, type);
  await using server = await openEditServer(asked, run);
  const client = new Client(server);
  run.onPhase('sending the photo');
  const { prompt, steps, guidanceScale, imageGuidanceScale, scheduler, model } = asked;
  const wish = { prompt, steps, guidanceScale, imageGuidanceScale, scheduler, model };
  const photo = { bytes, mime: `image/${type}` } as const;
  // Who stops now must learn the job's id all the same, to cancel it.
  const sent = { ...wish, seed: run.seed, format: place.format };
  const job = await client.submitEdit(photo, sent, { signal: afterGrace(signal) });
  yield { kind: 'job', job };
  try {
    signal.throwIfAborted();
    for await (const news of client.follow(job.id, { signal })) {
      const event = eventOf(news, run);
      if (event) yield event;
    }
  } catch (fault) {
    if (signal.aborted) await cancel(client, job);
    throw fault;
  }
  const ended = await client.job(job.id, { signal });
  yield { kind: 'job', job: ended };
  const [output] = ended.outputs;
  if (output === undefined) throw failureOf(ended);
  if (ended.prompt.enhanced !== null)
    yield { kind: 'notice', text: `reworded for the model: "${ended.prompt.enhanced}"` };
  const path = await writePicture(place, await client.download(output, { signal }));
  const { width, height, mime, bytes: size, sha256 } = output;
  yield { kind: 'written', output: { path, width, height, mime, bytes: size, sha256 } };
}

/** Stops a job. @throws canceled when the platform cannot be told */
async function cancel(client: Client, { id }: JobView): Promise<void> {
  await client.cancel(id, { signal: AbortSignal.timeout(cancelMs) }).catch((cause: unknown) => {
    const message = `stopped; nothing was written, but the platform could not be told, so that ${id} goes on`;
    throw new AppError('canceled', { cause, message });
  });
}

function eventOf(news: JobNews, { onPhase }: EditRun): EditEvent | undefined {
  if (news.kind !== 'progress') return undefined;
  const { position, step, steps, pct, etaMs } = news.progress;
  if (news.state === 'queued')
    onPhase(position === 0 ? 'waiting for a worker' : `waiting, ${position} ahead`);
  else if (step === 0) onPhase('opening the model');
  else return { kind: 'progress', step, steps, pct, etaMs };
  return undefined;
}

function failureOf({ status, error }: JobView): AppError {
  if (error) return new AppError(error.code, { message: error.detail });
  const [code = 'internal'] = (['canceled', 'expired', 'blocked'] as const).filter((name) => name === status);
  return new AppError(code, { message: `the job ended as ${status}` });
}

/** Aborts some time after the signal. */
function afterGrace(signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  signal.addEventListener('abort', () => {
    setTimeout(() => late.abort(signal.reason), cancelMs).unref();
  });
  return late.signal;
}
