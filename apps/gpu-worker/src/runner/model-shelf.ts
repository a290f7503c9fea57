// The models that this worker can run, by the ids that jobs name.
import type { HelloFrame } from '@darkroom/shared/contracts/frames';
import type { JobKind, PictureKind, VisionKind } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import { type DiffusionModel, imageConditioning, openDiffusionModel } from '../diffusion/diffusion-model.ts';
import { digestFolders, digestWeights } from '../diffusion/weights-digest.ts';
import type { ShelvedModel } from '../embedded-models.ts';
import { errorFields, type Log } from '../log.ts';
import { listModels } from '../models/hub.ts';
import type { ModelStore } from '../runtime/model-store.ts';
import { openVisionModel, type VisionModels, visionKindsOf } from '../vision/open-vision-model.ts';

/** A model in use, and the digest of its weights. */
export interface DigestedModel extends ShelvedModel {
  readonly sha256: string;
}

/** An opened model that makes pictures. */
export interface OpenedModel extends DigestedModel {
  readonly model: DiffusionModel;
}

/** An opened model that looks. */
export interface OpenedVisionModel<K extends VisionKind> extends DigestedModel {
  readonly model: VisionModels[K];
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
  /** By kind and folder. */
  readonly #opening = new Map<string, Promise<DigestedModel>>();
  readonly #opened = new Map<string, DigestedModel & { readonly parts: readonly string[] }>();

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
  async open(id: string | undefined, kind: PictureKind): Promise<OpenedModel> {
    const shelved = await this.#find(id, kind);
    return this.#openOnce(`pictures ${shelved.folder}`, async () => {
      const model = await openDiffusionModel(shelved.folder);
      const opened = { ...shelved, model, sha256: await digestWeights(model) };
      this.#opened.set(shelved.folder, { ...opened, parts: [model.unet.component.folder] });
      return opened;
    });
  }

  /**
   * The same for a kind of job that looks at photos.
   * @param store in which the model runs; the same at every call
   */
  async openVision<K extends VisionKind>(
    id: string | undefined,
    kind: K,
    store: ModelStore,
  ): Promise<OpenedVisionModel<K>> {
    const shelved = await this.#find(id, kind);
    const { folder } = shelved;
    return this.#openOnce(`${kind} ${folder}`, async () => {
      const model = await openVisionModel(kind, folder, store);
      const opened = { ...shelved, model, sha256: await digestFolders(folder, [folder]) };
      this.#opened.set(folder, { ...opened, parts: [folder] });
      return opened;
    });
  }

  /** Ids of the models that have weights in memory, so that a job with them starts at once. */
  resident(store: ModelStore): string[] {
    return [...this.#opened.values()]
      .filter(({ parts }) => parts.some((part) => store.holds(part)))
      .map(({ id }) => id);
  }

  /** The kinds of job that a model can run; none when it cannot be opened: the worker runs the others all the same. */
  async #kindsOf({ id, folder }: ShelvedModel): Promise<JobKind[]> {
    try {
      const visionKinds = await visionKindsOf(folder);
      if (visionKinds.length > 0) return visionKinds;
      return [...kindsByConditioning[imageConditioning(await openDiffusionModel(folder))]];
    } catch (error) {
      this.#options.log('warn', 'a model cannot be opened', { model: id, folder, ...errorFields(error) });
      return [];
    }
  }

  async #find(id: string | undefined, kind: JobKind): Promise<ShelvedModel> {
    const { embedded } = this.#options;
    const shelved = id === undefined ? embedded[kind] : (await this.#shelved()).get(id);
    if (shelved) return shelved;
    const wanted = id === undefined ? `an embedded model for ${kind} jobs` : `the model ${id}`;
    const message = `model: expected one that is installed on this worker, got ${wanted}`;
    throw new AppError('model_required', { message, details: { kind, ...(id && { model: id }) } });
  }

  /** @param key of what `open` opens, which tells its type */
  async #openOnce<T extends DigestedModel>(key: string, open: () => Promise<T>): Promise<T> {
    const opening = this.#opening.get(key) ?? open();
    this.#opening.set(key, opening);
    // A folder that could not be opened may be mended.
    opening.catch(() => this.#opening.delete(key));
    return (await opening) as T;
  }

  async #shelved(): Promise<Map<string, ShelvedModel>> {
    const { embedded, cacheFolder } = this.#options;
    const shelved = [...Object.values(embedded), ...(await listModels(cacheFolder))];
    return new Map(shelved.map(({ id, folder }) => [id, { id, folder }]));
  }
}
