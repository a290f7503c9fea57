// The models that look, by id, for a process of one person: an id may be a folder.
import type { VisionKind } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import { embeddedModels } from '../embedded-models.ts';
import { resolveModel } from '../models/hub.ts';
import type { ModelStore } from '../runtime/model-store.ts';
import { openVisionModel, type VisionModels } from './open-vision-model.ts';

/** What a kernel asks for a model that looks. */
export type OpenVision = <K extends VisionKind>(id: string | undefined, kind: K) => Promise<VisionModels[K]>;

/**
 * Opens models that look, each once: those of the repository, and those of the hub that are on this machine.
 * @param cacheFolder of models that were pulled. Default: the hub cache's own
 * @returns throws model_required when there is none on this machine; model_not_found, model_corrupt, model_unsupported
 */
export function visionCatalog(store: ModelStore, cacheFolder?: string): OpenVision {
  const opened = new Map<string, Promise<unknown>>();
  return async <K extends VisionKind>(id: string | undefined, kind: K): Promise<VisionModels[K]> => {
    const folder = await folderOf(id, kind, cacheFolder);
    const key = `${kind} ${folder}`;
    const opening = opened.get(key) ?? openVisionModel(kind, folder, store);
    opened.set(key, opening);
    // A folder that could not be opened may be mended.
    opening.catch(() => opened.delete(key));
    return (await opening) as VisionModels[K];
  };
}

async function folderOf(
  id: string | undefined,
  kind: VisionKind,
  cacheFolder: string | undefined,
): Promise<string> {
  const embedded = embeddedModels[kind];
  if (embedded && (id === undefined || id === embedded.id)) return embedded.folder;
  if (id !== undefined) return resolveModel(id, cacheFolder);
  const message = `model: no embedded model serves ${kind} jobs; name one that is installed (npm run models -- list)`;
  throw new AppError('model_required', { message, details: { kind } });
}
