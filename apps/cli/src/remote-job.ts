// One job with its photo, run by a platform over HTTP.
import type { JobView } from '@darkroom/shared/contracts/job-view';
import { AppError } from '@darkroom/shared/errors';
import { Client } from './client.ts';
import type { JobEvent, JobRun, Picture } from './job-event.ts';
import type { JobNews } from './job-news.ts';
import { openJobServer } from './job-server.ts';
import type { CommandKind, Order } from './photo-command.ts';
import type { PhotoFile } from './photo-file.ts';
import type { PhotoArguments } from './photo-options.ts';

/** Time for the platform to hear that a job is not wanted any more. */
const cancelMs = 5_000;

/**
 * Has a job done and fetches its pictures.
 * @throws what the platform refuses, and why its job failed; canceled when the signal is aborted, after the platform was told
 */
export async function* runRemotely(
  kind: CommandKind,
  asked: PhotoArguments,
  { order, run }: { readonly order: Order; readonly run: JobRun },
): AsyncGenerator<JobEvent> {
  const { signal } = run;
  await using server = await openJobServer(asked, run);
  const client = new Client(server);
  run.onPhase('sending the photo');
  const pictures = { image: pictureFile(order.photo), mask: order.mask && pictureFile(order.mask) };
  // Who stops now must learn the job's id all the same, to cancel it.
  const job = await client.submit({ kind, pictures, wish: order.wish }, { signal: afterGrace(signal) });
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
  if (ended.status !== 'succeeded') throw failureOf(ended);
  const reworded = ended.prompt?.enhanced;
  if (reworded) yield { kind: 'notice', text: `reworded for the model: "${reworded}"` };
  const fetched: Picture[] = [];
  for (const output of ended.outputs) {
    const { width, height, mime, maskReport } = output;
    const bytes = await client.download(output, { signal });
    fetched.push({ width, height, mime, bytes, ...(maskReport && { maskReport }) });
  }
  yield { kind: 'answer', answer: { pictures: fetched, result: ended.result ?? undefined } };
}

function pictureFile({ bytes, format }: PhotoFile) {
  return { bytes, mime: `image/${format}` } as const;
}

/** Stops a job. @throws canceled when the platform cannot be told */
async function cancel(client: Client, { id }: JobView): Promise<void> {
  await client.cancel(id, { signal: AbortSignal.timeout(cancelMs) }).catch((cause: unknown) => {
    const message = `stopped; nothing was written, but the platform could not be told, so that ${id} goes on`;
    throw new AppError('canceled', { cause, message });
  });
}

function eventOf(news: JobNews, { onPhase }: JobRun): JobEvent | undefined {
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
