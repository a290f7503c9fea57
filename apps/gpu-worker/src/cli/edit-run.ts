// One edit from a file to a file, run by the worker's kernel in this process.
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { EditJob } from '@darkroom/shared/contracts/job';
import type { JobOutput } from '@darkroom/shared/contracts/job-view';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import { AppError } from '@darkroom/shared/errors';
import { isReadWhole } from '../diffusion/text-encoder.ts';
import { digestWeights } from '../diffusion/weights-digest.ts';
import { assertFileSize, decodeImage, defaultDecodeLimits } from '../image/decode.ts';
import { type InputFormat, sniffMediaType } from '../image/media-type.ts';
import { kernels } from '../kernels/index.ts';
import type { JobEvent, KernelContext } from '../kernels/kernel.ts';
import { ModelStore } from '../runtime/model-store.ts';
import type { EditArguments } from './edit-arguments.ts';
import { openNamedModel } from './edit-model.ts';
import { chooseOutput, type OutputPlace, writePicture } from './edit-output.ts';

/** A written picture: what an output over HTTP says, with a path in the place of its address. */
export type WrittenOutput = Omit<JobOutput, 'url'> & { readonly path: string };

/** What a run tells on its way. */
export type EditEvent =
  | { readonly kind: 'model'; readonly id: string; readonly sha256: string }
  /** Something that the caller should know, though the run goes on. */
  | { readonly kind: 'notice'; readonly text: string }
  | Extract<JobEvent, { kind: 'progress' }>
  | { readonly kind: 'written'; readonly output: WrittenOutput };

/** What the caller decides about a run. */
export interface EditRun {
  readonly id: string;
  readonly createdAtMs: number;
  readonly seed: number;
  /** That relative paths start from. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Share of the memory that is free which models may take. */
const modelMemoryShare = 0.7;

/**
 * Reads the photo, edits it and writes the picture; nothing is written unless all of it succeeds.
 * @throws not_found, unsupported_media, image_too_large, image_corrupt; model_required, model_not_found, model_corrupt,
 * model_unsupported; canceled when the signal is aborted, within one step
 */
export async function* runEdit(asked: EditArguments, run: EditRun): AsyncGenerator<EditEvent> {
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

async function readPhotoFile(path: string): Promise<{ bytes: Uint8Array; format: InputFormat }> {
  const entry = await stat(path).catch((cause) => refuseUnreadable(path, cause));
  if (!entry.isFile()) {
    const found = entry.isDirectory() ? 'a folder' : 'a device or pipe';
    throw new AppError('invalid_request', { message: `photo: expected a file, got ${found}: "${path}"` });
  }
  assertFileSize(`photo "${path}"`, entry.size, defaultDecodeLimits);
  const bytes = await readFile(path).catch((cause) => refuseUnreadable(path, cause));
  if (bytes.length === 0) {
    throw new AppError('image_corrupt', {
      message: `photo: expected a picture, got an empty file: "${path}"`,
    });
  }
  const { format, name } = sniffMediaType(bytes);
  if (format !== undefined) return { bytes, format };
  const found = name === 'unknown' ? 'a file of another type' : name;
  const message = `photo: expected a still JPEG, PNG, WebP or AVIF, got ${found}: "${path}"`;
  throw new AppError('unsupported_media', { message });
}

function refuseUnreadable(path: string, cause: NodeJS.ErrnoException): never {
  const { code } = cause;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw new AppError('not_found', { cause, message: `photo: no such file: "${path}"` });
  }
  throw new AppError('forbidden', { cause, message: `photo: cannot be read (${code}): "${path}"` });
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
