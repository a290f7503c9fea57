// One leased job from its offer to its end: inputs fetched, kernel run, pictures stored.
import type { DoneFrame, FailFrame, OfferFrame, OutputObject } from '@darkroom/shared/contracts/frames';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import type { Job } from '@darkroom/shared/contracts/job';
import { plannedOutputs } from '@darkroom/shared/contracts/job-outputs';
import { JobResult } from '@darkroom/shared/contracts/job-result';
import { AppError } from '@darkroom/shared/errors';
import type { ImageDecoder } from '../image/image-decoder.ts';
import { runJob } from '../kernels/index.ts';
import type { JobEvent, KernelContext } from '../kernels/kernel.ts';
import { StageClock, type StageTimes } from '../metrics/stage-clock.ts';
import { detailOf, detailsOf, failClassOf, toJobError } from './failure.ts';
import type { JobProgress } from './job-state.ts';
import type { LoadMeter, MeteredStore } from './metered-store.ts';
import type { DigestedModel, ModelShelf } from './model-shelf.ts';
import { readObject, sha256Of, type TransferPorts, writeObject } from './transfer.ts';

/** What a run needs from its worker. */
export interface LeasePorts extends TransferPorts {
  readonly shelf: ModelShelf;
  readonly store: MeteredStore;
  readonly decoder: Pick<ImageDecoder, 'decode'>;
  /** Fewest steps between two previews; 0 = none. */
  readonly previewEvery: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Why a run is stopped from outside, as the reason of its signal. */
export type StopReason = 'cancel' | 'release' | 'drop';

/** How a run ended. `released` goes back to the pool, of `dropped` nobody wants to hear. */
export type LeaseEnd =
  | ({ readonly kind: 'done'; readonly stages: StageTimes } & Pick<
      DoneFrame,
      'outputs' | 'result' | 'model' | 'metrics'
    >)
  | ({ readonly kind: 'fail'; readonly error: AppError } & Pick<
      FailFrame,
      'class' | 'code' | 'detail' | 'details'
    >)
  | { readonly kind: 'canceled' }
  | { readonly kind: 'released' }
  | { readonly kind: 'dropped' };

/** What a run tells; its last event is its end. */
export type LeaseEvent =
  | ({ readonly kind: 'progress' } & JobProgress)
  | { readonly kind: 'preview'; readonly step: number; readonly bytes: Uint8Array }
  | LeaseEnd;

/** What a run finds out on its way. */
interface Findings {
  readonly startedAt: number;
  readonly meter: LoadMeter;
  readonly stages: StageClock;
  readonly outputs: OutputObject[];
  result?: JobResult;
  model?: DigestedModel;
  steps: number;
  peakBytes: number;
}

const endOfStop = {
  cancel: { kind: 'canceled' },
  release: { kind: 'released' },
  drop: { kind: 'dropped' },
} as const satisfies Record<StopReason, LeaseEnd>;

/**
 * Runs the job of an offer. Never throws: this is the worker's one seam where failures become words to the pool.
 * @param stop aborted with a `StopReason`; the run ends within one step
 */
export async function* runLease(
  offer: OfferFrame,
  stop: AbortSignal,
  ports: LeasePorts,
): AsyncGenerator<LeaseEvent> {
  const deadline = AbortSignal.timeout(offer.deadlineInMs);
  const signal = AbortSignal.any([stop, deadline]);
  try {
    yield* work(offer, signal, ports);
  } catch (thrown) {
    if (stop.aborted) yield endOfStop[stop.reason as StopReason];
    else if (deadline.aborted) yield failed(new AppError('expired', { cause: thrown }));
    else yield failed(toJobError(thrown));
  }
}

function failed(error: AppError): LeaseEnd {
  const details = detailsOf(error);
  return {
    kind: 'fail',
    class: failClassOf(error),
    code: error.code,
    detail: detailOf(error),
    ...(details && { details }),
    error,
  };
}

async function* work(offer: OfferFrame, signal: AbortSignal, ports: LeasePorts): AsyncGenerator<LeaseEvent> {
  const { job } = offer;
  assertPlaces(offer);
  if (offer.smaller) await ports.store.trim();
  const found: Findings = {
    startedAt: ports.now(),
    meter: { loadMs: 0 },
    stages: new StageClock(ports.now),
    outputs: [],
    steps: 0,
    peakBytes: 0,
  };
  const events = runJob(job, contextOf(offer, signal, { ports, found }))[Symbol.asyncIterator]();
  try {
    for (;;) {
      signal.throwIfAborted();
      const turn = await ports.store.metered(found.meter, () => events.next());
      signal.throwIfAborted();
      found.peakBytes = Math.max(found.peakBytes, process.memoryUsage.rss());
      if (turn.done) break;
      if (turn.value.kind === 'output') {
        const picture = turn.value;
        const stored = () => storeOutput(picture, offer, { ports, signal });
        found.outputs.push(await found.stages.timed('store', stored));
        continue;
      }
      if (turn.value.kind === 'result') {
        // The pool hangs up on what breaks the contract; here it fails the job alone.
        found.result = JobResult.parse(turn.value.result);
        continue;
      }
      if (turn.value.kind === 'progress') found.steps = turn.value.step;
      yield turn.value;
    }
  } finally {
    await events.return?.();
  }
  yield finished(found, ports.now());
}

/** Whether the offer has room for every picture of its job. */
function assertPlaces({ job, outputs }: OfferFrame): void {
  const { length } = plannedOutputs(job);
  if (outputs.length === length) return;
  const message = `outputs: expected ${length} places, got ${outputs.length}`;
  throw new AppError('invalid_request', { message });
}

function contextOf(
  { job, inputs, previewEvery: asked, smaller }: OfferFrame,
  signal: AbortSignal,
  { ports, found }: { readonly ports: LeasePorts; readonly found: Findings },
): KernelContext {
  const { store, shelf, decoder, previewEvery: least } = ports;
  // A preview runs the decoder beside the network, which a job that is short of memory goes without.
  const isPreviewed = asked > 0 && least > 0 && !smaller;
  return {
    store,
    model: async (id, kind) => {
      const opened = await store.timed(() => shelf.open(id, kind));
      found.model = opened;
      return opened.model;
    },
    vision: async (id, kind) => {
      const opened = await store.timed(() => shelf.openVision(id, kind, store));
      // What only helps, such as the detector of an edit by words, is not what the job ran on.
      if (kind === job.kind) found.model = opened;
      return opened.model;
    },
    read: async (image) => {
      const name = fieldOf(image, job);
      const url = inputs[image.key];
      if (url === undefined)
        throw new AppError('invalid_request', { message: `inputs: expected an address of the ${name}` });
      return found.stages.timed('read', () => readObject(image, { ...ports, name, url, signal }));
    },
    decode: (bytes) => found.stages.timed('decode', () => decoder.decode(bytes, signal)),
    ...(isPreviewed && { previewEvery: Math.max(asked, least) }),
    signal,
  };
}

function fieldOf(image: ImageRef, job: Job): string {
  return 'mask' in job && job.mask?.key === image.key ? 'mask' : 'image';
}

async function storeOutput(
  picture: Extract<JobEvent, { kind: 'output' }>,
  offer: OfferFrame,
  { ports, signal }: { readonly ports: LeasePorts; readonly signal: AbortSignal },
): Promise<OutputObject> {
  const { index, bytes, mime, width, height, maskReport } = picture;
  const place = offer.outputs[index];
  if (place?.mime !== mime) {
    const message = `outputs.${index}: expected a place for ${mime}, got ${place?.mime ?? 'none'}`;
    throw new AppError('invalid_request', { message });
  }
  const { key, url } = place;
  await writeObject(bytes, { 'content-type': mime }, { ...ports, name: `outputs.${index}`, url, signal });
  const sizeBytes = bytes.length;
  return { key, sha256: sha256Of(bytes), sizeBytes, mime, width, height, ...(maskReport && { maskReport }) };
}

function finished(found: Findings, nowMs: number): LeaseEnd {
  const { startedAt, outputs, result, model, stages, steps, peakBytes } = found;
  if (!model) throw new TypeError('a kernel must ask for its model');
  const loadMs = Math.floor(found.meter.loadMs);
  const computeMs = Math.max(0, nowMs - startedAt - loadMs);
  return {
    kind: 'done',
    outputs,
    ...(result && { result }),
    model: { id: model.id, sha256: model.sha256 },
    stages: stages.times,
    metrics: { computeMs, loadMs, peakMemoryMb: Math.round(peakBytes / 2 ** 20), steps },
  };
}
