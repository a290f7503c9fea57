// Which files of a hub repository Darkroom needs.
import { AppError } from '@darkroom/shared/errors';

/** A file of a repository; `oid` changes with its content. */
export interface RemoteFile {
  path: string;
  sizeBytes: number;
  /** Git blob id, or the LFS sha256. */
  oid: string;
  /** Digest of the content where the hub knows it (LFS files), lower-case hex. */
  sha256?: string;
}

const SKIPPED_FOLDERS = new Set(['safety_checker', 'flax', 'onnx', 'openvino']);
const TEXT_FILE = /\.(json|txt)$/;
const FOREIGN_INDEX = /\.(bin|msgpack|h5|onnx)\.index\b.*\.json$/;
const PICKLED_WEIGHTS = /^(diffusion_pytorch_model|pytorch_model)\b.*\.bin$/;
const KNOWN_STEMS = new Set(['diffusion_pytorch_model', 'model']);

const SHARD = String.raw`-\d{5}-of-\d{5}`;
const WEIGHTS = new RegExp(`^([^.]+?)(${SHARD})?(?:\\.(\\w+))?(${SHARD})?\\.safetensors$`);
const SHARD_INDEX = /^([^.]+)(?:\.(\w+))?\.safetensors\.index(?:\.(\w+))?\.json$/;

interface Weights {
  file: RemoteFile;
  stem: string;
  /** Empty for the plain weights. */
  variant: string;
  isSharded: boolean;
}

/**
 * Chooses JSON and text files, and of each folder's safetensors weights one variant: the one asked for where it
 * exists, else the plain weights, else fp16. A pipeline's single-file checkpoints beside its folders are left out.
 * @throws model_unsupported if weights exist in other formats only
 */
export function chooseFiles(files: readonly RemoteFile[], variant?: string): RemoteFile[] {
  const isPipeline = files.some(({ path }) => path === 'model_index.json');
  const chosen: RemoteFile[] = [];
  for (const [folder, members] of groupByFolder(files)) {
    if (folder.split('/').some((part) => SKIPPED_FOLDERS.has(part) || part.startsWith('.'))) continue;
    const weights = isPipeline && folder === '' ? [] : chooseWeights(members, variant);
    refusePickled(folder, members, weights);
    chosen.push(...members.filter(isText), ...weights);
  }
  if (!chosen.some(({ path }) => path.endsWith('.safetensors'))) {
    throw new AppError('model_unsupported', { message: 'the repository holds no .safetensors weights' });
  }
  return chosen.sort((a, b) => a.sizeBytes - b.sizeBytes || (a.path < b.path ? -1 : 1));
}

function groupByFolder(files: readonly RemoteFile[]): Map<string, RemoteFile[]> {
  return Map.groupBy(files, ({ path }) => path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}

function baseName({ path }: RemoteFile): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function isText(file: RemoteFile): boolean {
  const name = baseName(file);
  if (name.startsWith('.') || FOREIGN_INDEX.test(name) || SHARD_INDEX.test(name)) return false;
  return TEXT_FILE.test(name);
}

function refusePickled(folder: string, members: readonly RemoteFile[], weights: readonly RemoteFile[]): void {
  const pickled = members.find((file) => PICKLED_WEIGHTS.test(baseName(file)));
  if (pickled === undefined || weights.length > 0) return;
  const message = `${pickled.path}: pickled weights are not read, and ${folder || 'the repository'} has no .safetensors`;
  throw new AppError('model_unsupported', { message, details: { file: pickled.path } });
}

function chooseWeights(members: readonly RemoteFile[], asked: string | undefined): RemoteFile[] {
  const weights = members.flatMap((file) => parseWeights(file) ?? []);
  const byStem = Map.groupBy(weights, ({ stem }) => stem);
  const stems = [...byStem.keys()];
  const known = stems.filter((stem) => KNOWN_STEMS.has(stem));
  return (known.length > 0 ? known : stems).flatMap((stem) => {
    const candidates = byStem.get(stem) ?? [];
    const variants = new Set(candidates.map(({ variant }) => variant));
    const picked = [asked ?? '', '', 'fp16', ...variants].find((variant) => variants.has(variant));
    const versions = candidates.filter(({ variant }) => variant === picked);
    const whole = versions.filter(({ isSharded }) => !isSharded);
    return (whole.length > 0 ? whole : versions).map(({ file }) => file);
  });
}

function parseWeights(file: RemoteFile): Weights | undefined {
  const name = baseName(file);
  const index = SHARD_INDEX.exec(name);
  if (index !== null) {
    return { file, stem: index[1] ?? '', variant: index[2] ?? index[3] ?? '', isSharded: true };
  }
  if (!name.endsWith('.safetensors')) return undefined;
  const match = WEIGHTS.exec(name);
  if (match === null) return { file, stem: name, variant: '', isSharded: false };
  const isSharded = (match[2] ?? match[4]) !== undefined;
  return { file, stem: match[1] ?? '', variant: match[3] ?? '', isSharded };
}
