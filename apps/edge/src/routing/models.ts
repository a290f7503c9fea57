/** Which models there are, whose words and prices they follow, and which one a request gets. Pure. */
import { type JobKind, visionKinds } from '@darkroom/shared/contracts/job-request';
import { AppError } from '@darkroom/shared/errors';
import type { ModelFamily } from '@darkroom/shared/pricing';
import type { PoolModel } from '../dispatch/job-pools.ts';

/** What is known of a model before any worker has it in memory. */
export interface ModelTraits {
  readonly family: ModelFamily;
  readonly kinds: readonly JobKind[];
  /** Denoising steps of one picture, unless the request says. */
  readonly steps: number;
  /** Side of a picture that is made from words alone, unless the request says. */
  readonly side: number;
}

/** A model that a job can run on. */
export interface ChosenModel extends ModelTraits {
  readonly id: string;
  /** SHA-256 of its weights; null = not read yet. */
  readonly sha256: string | null;
}

/** The model of edits that name none. */
export const embeddedModelId = 'darkroom/edit';

const generalKinds: readonly JobKind[] = ['generate', 'img2img', 'inpaint'];
const pix2pix: ModelTraits = { family: 'instruct-pix2pix', kinds: ['edit'], steps: 30, side: 512 };
const diffusion: ModelTraits = { family: 'stable-diffusion', kinds: generalKinds, steps: 30, side: 512 };

/** What only looks at photos takes no denoising steps. */
const vision: ModelTraits = { family: 'vision', kinds: visionKinds, steps: 0, side: 512 };

/** The models that come with the platform: known even while no worker is connected, because the job can wait. */
const embeddedModels: ReadonlyMap<string, ModelTraits> = new Map([
  [embeddedModelId, { family: 'embedded', kinds: ['edit'], steps: 12, side: 512 }],
  ['darkroom/segment', { ...vision, family: 'embedded', kinds: ['segment'] }],
  ['darkroom/detect', { ...vision, family: 'embedded', kinds: ['detect'] }],
  ['darkroom/caption', { ...vision, family: 'embedded', kinds: ['caption'] }],
]);

const knownModels: ReadonlyMap<string, ModelTraits> = new Map([
  ...embeddedModels,
  ['timbrooks/instruct-pix2pix', pix2pix],
  ['stable-diffusion-v1-5/stable-diffusion-v1-5', diffusion],
  ['stable-diffusion-v1-5/stable-diffusion-inpainting', { ...diffusion, kinds: ['inpaint'] }],
]);

/** A public model for each kind of job, to propose where none is installed. */
const proposals: Readonly<Record<JobKind, string>> = {
  edit: 'timbrooks/instruct-pix2pix',
  generate: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  img2img: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  inpaint: 'stable-diffusion-v1-5/stable-diffusion-inpainting',
  segment: 'facebook/sam-vit-base',
  detect: 'google/owlvit-base-patch32',
  caption: 'Salesforce/blip-image-captioning-base',
  similarity: 'openai/clip-vit-large-patch14',
};

/** Of a model that the table does not name, its kinds tell the family: one that edits follows instructions. */
function familyOf(kinds: readonly JobKind[]): ModelTraits {
  if (kinds.includes('edit')) return pix2pix;
  const isOnlyLooking = kinds.every((kind) => visionKinds.some((known) => known === kind));
  return isOnlyLooking ? vision : diffusion;
}

function traitsOf({ id, kinds }: Pick<PoolModel, 'id' | 'kinds'>): ModelTraits {
  return { ...(knownModels.get(id) ?? familyOf(kinds)), kinds };
}

/** The models of a pool, the embedded ones among them whether or not a worker is there. */
export function withEmbedded(poolModels: readonly PoolModel[]): readonly PoolModel[] {
  const present = new Set(poolModels.map(({ id }) => id));
  const absent = [...embeddedModels]
    .filter(([id]) => !present.has(id))
    .map(([id, { kinds }]) => ({ id, sha256: null, kinds, isOnline: false }));
  return [...absent, ...poolModels];
}

function embeddedFor(kind: JobKind): string | undefined {
  return [...embeddedModels].find(([, { kinds }]) => kinds.includes(kind))?.[0];
}

function modelRequired(kind: JobKind, missing: string | undefined): AppError {
  // Only ids with an owner can be fetched from the hub.
  const pullable = missing?.includes('/') ? missing : proposals[kind];
  const command = `npm run models -- pull ${pullable}`;
  const lack = missing === undefined ? `no embedded model can ${kind}` : `${missing} is not installed`;
  const message = `model: ${lack}; fetch one with "${command}" and name it as the model`;
  return new AppError('model_required', { message, details: { field: 'model', kind, command } });
}

/**
 * The model that runs a request: the named one, or the embedded one.
 *
 * @throws AppError `model_required` naming the command that fetches a model, `invalid_request` when the named one
 *   cannot do this kind of job
 */
export function chooseModel(
  { kind, model }: { readonly kind: JobKind; readonly model?: string | undefined },
  poolModels: readonly PoolModel[],
): ChosenModel {
  const wanted = model ?? embeddedFor(kind);
  if (wanted === undefined) throw modelRequired(kind, undefined);
  const found = withEmbedded(poolModels).find(({ id }) => id === wanted);
  if (!found) throw modelRequired(kind, wanted);
  if (found.kinds.includes(kind)) return { id: found.id, sha256: found.sha256, ...traitsOf(found) };
  if (embeddedModels.has(wanted)) throw modelRequired(kind, undefined);
  const message = `model: expected one that can ${kind}, got ${wanted}, which can ${found.kinds.join(', ') || 'nothing'}`;
  throw new AppError('invalid_request', { message, details: { field: 'model', kinds: found.kinds } });
}
