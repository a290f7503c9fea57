// The model of a command: which folder.
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { embeddedModels, type ShelvedModel } from '@darkroom/gpu-worker/embedded-models';
import { resolveModel } from '@darkroom/gpu-worker/models/hub';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';

/**
 * Finds what `--model` names: a folder, a hub id on this machine, or without it the repository's own for that kind of job.
 * @param folder that a relative path starts from
 * @throws model_required, model_not_found
 */
export async function findModel(
  name: string | undefined,
  kind: JobKind,
  folder: string,
): Promise<ShelvedModel> {
  const embedded = embeddedModels[kind];
  if (embedded && (name === undefined || name === embedded.id)) return embedded;
  if (name === undefined)
    throw new AppError('model_required', {
      message: `model: expected a name, as ${kind} jobs have no model here`,
    });
  const path = resolve(folder, name);
  const isFolder = await stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  );
  return isFolder ? { id: basename(path), folder: path } : { id: name, folder: await resolveModel(name) };
}
