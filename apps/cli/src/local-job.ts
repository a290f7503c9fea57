// One job with its photo, run by the worker's kernel in this process.
import { createHash } from 'node:crypto';
import { type DiffusionModel, openDiffusionModel } from '@darkroom/gpu-worker/diffusion/diffusion-model';
import { isReadWhole } from '@darkroom/gpu-worker/diffusion/text-encoder';
import { digestFolders, digestWeights } from '@darkroom/gpu-worker/diffusion/weights-digest';
import { decodeImage } from '@darkroom/gpu-worker/image/decode';
import { runJob } from '@darkroom/gpu-worker/kernels/index';
import type { KernelContext } from '@darkroom/gpu-worker/kernels/kernel';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { visionCatalog } from '@darkroom/gpu-worker/vision/vision-catalog';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { Job } from '@darkroom/shared/contracts/job';
import { parseContract } from '@darkroom/shared/contracts/parse-contract';
import type { JobEvent, JobRun, Picture } from './job-event.ts';
import { findModel } from './named-model.ts';
import type { CommandKind, Order } from './photo-command.ts';
import type { PhotoFile } from './photo-file.ts';
import type { PhotoArguments } from './photo-options.ts';

/** Share of the memory that is free which models may take. */
const modelMemoryShare = 0.7;

/**
 * Has a job done by this process.
 * @throws unsupported_media, image_too_large, image_corrupt; model_required, model_not_found, model_corrupt,
 * model_unsupported; canceled when the signal is aborted, within one step
 */
export async function* runLocally(
  kind: CommandKind,
  asked: PhotoArguments,
  { order, run }: { readonly order: Order; readonly run: JobRun },
): AsyncGenerator<JobEvent> {
  const { signal } = run;
  await using store = new ModelStore({ budgetBytes: modelMemoryShare * process.availableMemory() });
  const { folder, id } = await findModel(asked.model, kind, run.folder);
  const editor = kind === 'edit' ? await openDiffusionModel(folder) : undefined;
  const sha256 = await (editor ? digestWeights(editor, signal) : digestFolders(folder, [folder], signal));
  yield { kind: 'model', id, sha256 };
  if (editor && !isPromptRead(editor, order.wish.prompt ?? ''))
    yield { kind: 'notice', text: 'the sentence is longer than the model reads; its end was left out' };
  const looking = visionCatalog(store);
  const context: KernelContext = {
    store,
    model: async (_, wanted) =>
      editor ?? (await openDiffusionModel((await findModel(undefined, wanted, run.folder)).folder)),
    vision: (_, wanted) => looking(wanted === kind ? folder : undefined, wanted),
    read: async ({ key }) => (key === 'mask' && order.mask ? order.mask.bytes : order.photo.bytes),
    // A person's own file, decoded where the person works: no second process to wait for.
    decode: decodeImage,
    signal,
  };
  const pictures: Picture[] = [];
  let result: Extract<JobEvent, { kind: 'answer' }>['answer']['result'];
  for await (const event of runJob(jobOf(kind, order, run), context)) {
    signal.throwIfAborted();
    if (event.kind === 'progress') yield event;
    if (event.kind === 'result') result = event.result;
    if (event.kind === 'output') {
      const { bytes, mime, width, height, maskReport } = event;
      pictures.push({ bytes, mime, width, height, ...(maskReport && { maskReport }) });
    }
  }
  yield { kind: 'answer', answer: { pictures, result } };
}

function isPromptRead({ textEncoder: encoder, tokenizer }: DiffusionModel, prompt: string): boolean {
  return tokenizer === undefined || isReadWhole({ encoder, tokenizer }, prompt);
}

/** The job as the edge would hand it to a worker. */
function jobOf(kind: CommandKind, { photo, mask, wish }: Order, { id, createdAtMs }: JobRun): Job {
  const { model: _, ...fields } = wish;
  return parseContract(Job, {
    ...fields,
    version: 1,
    kind,
    id,
    createdAtMs,
    image: imageRef('photo', photo),
    ...(mask && { mask: imageRef('mask', mask) }),
    ...(kind === 'edit' && { prompt: { original: wish.prompt, enhanced: null } }),
  });
}

function imageRef(key: string, { bytes, format }: PhotoFile): ImageRef {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { key, sha256, sizeBytes: bytes.length, mime: `image/${format}` };
}
