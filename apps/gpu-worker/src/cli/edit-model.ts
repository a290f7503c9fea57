// The model of an edit command: which folder, and which weights exactly.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DiffusionModel } from '../diffusion/diffusion-model.ts';
import { ModelCatalog } from '../diffusion/model-catalog.ts';
import { findWeights } from '../models/checkpoint.ts';
import { openSafetensors } from '../models/safetensors.ts';

/** The edit model in this repository. */
export const embeddedModelId = 'darkroom/edit';
/** Its folder. */
export const embeddedFolder: string = fileURLToPath(new URL('../../../../weights/edit', import.meta.url));

/** An opened model and what to call it. */
export interface NamedModel {
  /** Hub id, or the folder's name. */
  readonly id: string;
  readonly model: DiffusionModel;
}

/**
 * Opens what `--model` names: a folder, a hub id on this machine, or without it the repository's own.
 * @param folder that a relative path starts from
 * @throws model_required, model_not_found, model_corrupt, model_unsupported
 */
export async function openNamedModel(name: string | undefined, folder: string): Promise<NamedModel> {
  const catalog = new ModelCatalog({ embedded: { edit: embeddedFolder } });
  if (name === undefined || name === embeddedModelId) {
    return { id: embeddedModelId, model: await catalog.open(undefined, 'edit') };
  }
  const path = resolve(folder, name);
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  const id = isFolder ? basename(path) : name;
  return { id, model: await catalog.open(isFolder ? path : name, 'edit') };
}

/**
 * One digest for all weights of a model: the SHA-256 of a list as `sha256sum` prints it, of the weight files that are
 * used, by their paths in the model's folder, in order.
 * @throws the signal's reason when it is aborted, before the next file
 */
export async function digestWeights(
  { folder, unet, vae, textEncoder }: DiffusionModel,
  signal?: AbortSignal,
): Promise<string> {
  const files = new Set<string>();
  for (const { component } of [unet, vae, textEncoder]) {
    await using source = await openSafetensors(await findWeights(component.folder));
    for (const { file } of source.tensors.values()) files.add(file);
  }
  const named = [...files].map((file) => [relative(folder, file).split(sep).join('/'), file] as const);
  const list = createHash('sha256');
  for (const [path, file] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    signal?.throwIfAborted();
    list.update(`${await digestFile(file)}  ${path}\n`);
  }
  return list.digest('hex');
}

async function digestFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(chunk);
  return digest.digest('hex');
}
