// One edit from a file to a file, run by the worker's kernel in this process.
import { createHash } from 'node:crypto';
import { isReadWhole } from '@darkroom/gpu-worker/diffusion/text-encoder';
import { digestWeights } from '@darkroom/gpu-worker/diffusion/weights-digest';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import type { InputFormat } from '@darkroom/gpu-worker/image/media-type';
import { kernels } from '@darkroom/gpu-worker/kernels/index';
import type { JobEvent, KernelContext } from '@darkroom/gpu-worker/kernels/kernel';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { EditJob } from '@darkroom/shared/contracts/job';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import type { EditArguments } from './edit-arguments.ts';
import type { EditEvent, EditRun, WrittenOutput } from './edit-event.ts';
import { openNamedModel } from './edit-model.ts';
import { chooseOutput, type OutputPlace, writePicture } from './edit-output.ts';
import { readPhotoFile } from './photo-file.ts';

/** Share of the memory that is free which models may take. */
const modelMemoryShare = 0.7;

/**
 * Reads the photo, edits it and writes the picture; nothing is written unless all of it succeeds.
 * @throws not_found, unsupported_media, image_too_large, image_corrupt; model_required, model_not_found, model_corrupt,
 * model_unsupported; canceled when the signal is aborted, within one step
 */
export async function* editLocally(asked: EditArguments, run: EditRun): AsyncGenerator<EditEvent> {
  const { bytes, format } = await readPhotoFile(asked.photo);
  const place = await chooseOutput(asked, format);
  const { id, model } = await openNamedModel(asked.model, run.folder);
  yield { kind: 'model', id, sha256: await digestWeights(model, run.signal) };
  const { textEncoder: encoder, tokenizer } = model;
  if (tokenizer && !isReadWhole({ encoder, tokenizer }, asked.prompt))
    yield { kind: 'notice', text: 'the sentence is longer than the model reads; its end was left out' };
  await using store = new ModelStore({ budgetBytes: modelMemoryShare * process.availableMemory() });
  const context: KernelContext = {
    store,
    model: async () => model,
    read: async () => bytes,
    // A person's own file, decoded where the person works: no second process to wait for.
    decode: decodeImage,
    signal: run.signal,
  };
  const job = editJob(asked, { run, bytes, format: place.format, type: format });
  for await (const event of kernels.edit(job, context)) {
    run.signal.throwIfAborted();
    if (event.kind === 'progress') yield event;
    if (event.kind === 'output') yield { kind: 'written', output: await write(place, event) };
  }
}

interface JobParts {
  readonly run: EditRun;
  readonly bytes: Uint8Array;
  /** Of the picture. */
  readonly format: OutputPlace['format'];
  /** Of the photo. */
  readonly type: InputFormat;
}

function editJob(asked: EditArguments, { run, bytes, format, type }: JobParts): EditJob {
  const { id, createdAtMs, seed } = run;
  const { steps, guidanceScale, imageGuidanceScale, scheduler } = asked;
  return parseContract(EditJob, {
    version: 1,
    kind: 'edit',
    id,
    createdAtMs,
    seed,
    image: { key: 'photo', sha256: sha256Of(bytes), sizeBytes: bytes.length, mime: `image/${type}` },
    prompt: { original: asked.prompt, enhanced: null },
    steps,
    guidanceScale,
    imageGuidanceScale,
    scheduler,
    format,
  });
}

async function write(
  place: OutputPlace,
  { bytes, mime, width, height }: Extract<JobEvent, { kind: 'output' }>,
): Promise<WrittenOutput> {
  const path = await writePicture(place, bytes);
  return { path, width, height, mime, bytes: bytes.length, sha256: sha256Of(bytes) };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
