// The models that this worker can run, by the ids that jobs name.
import type { HelloFrame } from '@darkroom/shared/contracts/frames';
import type { JobKind } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import { type DiffusionModel, imageConditioning, openDiffusionModel } from '../diffusion/diffusion-model.ts';
import { digestWeights } from '../diffusion/weights-digest.ts';
import { errorFields, type Log } from '../log.ts';
import { listModels } from '../models/hub.ts';
import type { ModelStore } from '../runtime/model-store.ts';

/** A model in a folder. */
export interface ShelvedModel {
  readonly id: string;
  readonly folder: string;
}

/** An opened model and the digest of its weights. */
export interface OpenedModel extends ShelvedModel {
  readonly model: DiffusionModel;
  readonly sha256: string;
}

/** Where the models lie. */
export interface ModelShelfOptions {
  /** The model of each kind of job that names none. */
  readonly embedded: Readonly<Partial<Record<JobKind, ShelvedModel>>>;
  /** Folder of the models that were pulled from the hub. */
  readonly cacheFolder: string;
  readonly log: Log;
}

/** Kinds of job that each sort of network runs: what it reads beside the latents decides. */
const kindsByConditioning = {
  none: ['generate', 'img2img', 'inpaint'],
  photo: ['edit'],
  masked_photo: ['inpaint'],
} as const satisfies Record<ReturnType<typeof imageConditioning>, readonly JobKind[]>;

/** Opens models by id. An id is looked up among the installed models and never taken for a path: it comes from outside. */
export class ModelShelf {
  readonly #options: ModelShelfOptions;
  readonly #opening = new Map<string, Promise<OpenedModel>>();
  readonly #opened = new Map<string, OpenedModel>();

  constructor(options: ModelShelfOptions) {
    this.#options = options;
  }

  /** What the pool may offer jobs for. */
  async list(): Promise<HelloFrame['models']> {
    const shelved = await this.#shelved();
    const models = [...shelved.values()].map(async ({ id, folder }) => ({
      id,
      sha256: this.#opened.get(folder)?.sha256 ?? null,
      kinds: await this.#kindsOf({ id, folder }),
    }));
    return Promise.all(models);
  }

  /**
   * The model of that id, or the embedded one for this kind of job; its weights are digested at its first use.
   * @throws model_required when it is not installed; model_not_found, model_corrupt, model_unsupported
   */
  async open(id: string | undefined, kind: JobKind): Promise<OpenedModel> {
    const { embedded } = this.#options;
    const shelved = id === undefined ? embedded[kind] : (await this.#shelved()).get(id);
    if (shelved === undefined) {
      const wanted = id === undefined ? `an embedded model for ${kind} jobs` : `the model ${id}`;
      const message = `model: expected one that is installed on this worker, got ${wanted}`;
      throw new AppError('model_required', { message, details: { kind, ...(id && { model: id }) } });
    }
    const opening = this.#opening.get(shelved.folder) ?? this.#open(shelved);
    this.#opening.set(shelved.folder, opening);
    // A folder that could not be opened may be mended.
    opening.catch(() => this.#opening.delete(shelved.folder));
    return opening;
  }

  /** Ids of the models that have weights in memory, so that a job with them starts at once. */
  resident(store: ModelStore): string[] {
    return [...this.#opened.values()]
      .filter(({ model }) => store.holds(model.unet.component.folder))
      .map(({ id }) => id);
  }

  /** The kinds of job that a model can run; none when it cannot be opened: the worker runs the others all the same. */
  async #kindsOf({ id, folder }: ShelvedModel): Promise<JobKind[]> {
    try {
      return [...kindsByConditioning[imageConditioning(await openDiffusionModel(folder))]];
    } catch (error) {
      this.#options.log('warn', 'a model cannot be opened', { model: id, folder, ...errorFields(error) });
      return [];
    }
  }

  async #open({ id, folder }: ShelvedModel): Promise<OpenedModel> {
    const model = await openDiffusionModel(folder);
    const opened = { id, folder, model, sha256: await digestWeights(model) };
    this.#opened.set(folder, opened);
    return opened;
  }

  async #shelved(): Promise<Map<string, ShelvedModel>> {
    const { embedded, cacheFolder } = this.#options;
    const shelved = [...Object.values(embedded), ...(await listModels(cacheFolder))];
    return new Map(shelved.map(({ id, folder }) => [id, { id, folder }]));
  }
}
