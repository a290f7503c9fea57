import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import { resolveModel } from '../models/hub.ts';
import { type DiffusionModel, openDiffusionModel } from './diffusion-model.ts';

/** Where models lie. */
export interface ModelCatalogOptions {
  /** Folder of the model that serves a kind of job when the request names none. */
  readonly embedded: Readonly<Partial<Record<JobKind, string>>>;
  /** Where models pulled from the hub lie. Default: the hub cache's own default. */
  readonly cacheFolder?: string | undefined;
}

/** Models by id, each opened once. */
export class ModelCatalog {
  readonly #options: ModelCatalogOptions;
  readonly #opened = new Map<string, Promise<DiffusionModel>>();

  constructor(options: ModelCatalogOptions) {
    this.#options = options;
  }

  /**
   * The model of an id (a hub id or a folder), or the embedded one for a kind of job.
   * @throws model_required when there is none on this machine; model_not_found, model_corrupt, model_unsupported
   */
  async open(id: string | undefined, kind: JobKind): Promise<DiffusionModel> {
    const folder =
      id === undefined ? this.#embeddedFolder(kind) : await resolveModel(id, this.#options.cacheFolder);
    const model = this.#opened.get(folder) ?? openDiffusionModel(folder);
    this.#opened.set(folder, model);
    // A folder that could not be opened may be mended.
    model.catch(() => this.#opened.delete(folder));
    return model;
  }

  #embeddedFolder(kind: JobKind): string {
    const folder = this.#options.embedded[kind];
    if (folder !== undefined) return folder;
    const message = `model: no embedded model serves ${kind} jobs; name one that is installed (npm run models -- list)`;
    throw new AppError('model_required', { message, details: { kind } });
  }
}
