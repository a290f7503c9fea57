// The model of an edit command: which folder.
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { DiffusionModel } from '@darkroom/gpu-worker/diffusion/diffusion-model';
import { embeddedFolder, embeddedModelId } from '@darkroom/gpu-worker/diffusion/embedded-model';
import { ModelCatalog } from '@darkroom/gpu-worker/diffusion/model-catalog';

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
