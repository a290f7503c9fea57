// Loading a component folder of the diffusers or transformers layout against the parameters a network asks for.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { parsePythonJson } from '@darkroom/shared/schedulers/python-json';
import { z } from 'zod';
import { type DType, openSafetensors, type TensorInfo, type TensorSource, toFloat32 } from './safetensors.ts';
import { corruptModel } from './safetensors-format.ts';
import { hasOriginalSamNames, renameOriginalSam, tiedSamCopy } from './sam/tensor-names.ts';

/** What a caller knows about names in a checkpoint. */
export interface LoadOptions {
  /** Turns a name in the file into the network's name. */
  rename?: (name: string) => string;
  /** Names, in the file or after renaming, that the network does not need. */
  ignore?: RegExp;
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Buffers and copies that transformers saved beside the parameters. */
const SAVED_BUFFERS = new RegExp(`(^|\\.)embeddings\\.position_ids$|${tiedSamCopy.source}`);

const LEGACY_ATTENTION = /(^|\.)(mid_block\.attentions\.\d+)\.(query|key|value|proj_attn)\.(weight|bias)$/;
const ATTENTION_NAMES: Readonly<Record<string, string>> = {
  query: 'to_q',
  key: 'to_k',
  value: 'to_v',
  proj_attn: 'to_out.0',
};

/** AutoencoderKL's attention names before diffusers 0.13, in today's spelling; any other name is unchanged. */
export function renameLegacyAttention(name: string): string {
  return name.replace(
    LEGACY_ATTENTION,
    (_, dot, block, part, kind) => `${dot}${block}.${ATTENTION_NAMES[part]}.${kind}`,
  );
}

/**
 * Parses a component's `config.json`.
 * @throws model_not_found if the folder has none, model_corrupt naming the fields that do not fit `schema`
 */
export async function readConfig<T>(folder: string, schema: z.ZodType<T>): Promise<T> {
  return readJson(join(folder, 'config.json'), schema);
}

/**
 * Parses a JSON file of a model; Python's bare `Infinity` and `NaN` are understood.
 * @throws model_not_found, model_corrupt
 */
export async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    if (cause?.code !== 'ENOENT') throw cause;
    throw new AppError('model_not_found', { cause, message: `${file}: no such file`, details: { file } });
  });
  let json: unknown;
  try {
    json = parsePythonJson(text);
  } catch (cause) {
    throw corruptModel(file, `not JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw corruptModel(file, z.prettifyError(parsed.error));
  return parsed.data;
}

const WEIGHT_STEMS = ['diffusion_pytorch_model', 'model'];

/** `model.bf16.safetensors`, `model.safetensors.index.bf16.json` or `model.bf16.safetensors.index.json`. */
const VARIANT_FILE = new RegExp(
  `^(?:${WEIGHT_STEMS.join('|')})(?:\\.(\\w+)\\.safetensors(?:\\.index\\.json)?|\\.safetensors\\.index\\.(\\w+)\\.json)$`,
);

/**
 * The weights file of a component folder: full precision before fp16 before any other variant, and of each a single file
 * before a sharded one.
 * @returns path of a `.safetensors` or of a `.safetensors.index.json`
 * @throws model_not_found
 */
export async function findWeights(folder: string): Promise<string> {
  const present = (await readdir(folder).catch((cause) => refuseFolder(folder, cause))).sort();
  const others = present.flatMap((name) => {
    const [, whole, sharded] = VARIANT_FILE.exec(name) ?? [];
    return whole ?? sharded ?? [];
  });
  const candidates = ['', 'fp16', ...others].flatMap((variant) => {
    const suffix = variant && `.${variant}`;
    return WEIGHT_STEMS.flatMap((stem) => [
      `${stem}${suffix}.safetensors`,
      `${stem}.safetensors.index${suffix}.json`,
      `${stem}${suffix}.safetensors.index.json`,
    ]);
  });
  const found = candidates.find((name) => present.includes(name));
  if (found !== undefined) return join(folder, found);
  const expected = WEIGHT_STEMS.map((stem) => `${stem}[.fp16].safetensors`).join(' or ');
  const seen = present.length === 0 ? 'nothing' : present.slice(0, 8).join(', ');
  const message = `${folder}: expected ${expected}, or its index of shards; found ${seen}`;
  throw new AppError('model_not_found', { message, details: { folder } });
}

function refuseFolder(folder: string, cause: NodeJS.ErrnoException): never {
  if (cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR') throw cause;
  throw new AppError('model_not_found', {
    cause,
    message: `${folder}: no such folder`,
    details: { folder },
  });
}

/**
 * Loads the parameters that a network asks for, one tensor at a time, as float32. AutoencoderKL's legacy
 * attention names and the original release's of SAM are understood, [C, D, 1, 1] weights fit an expected [C, D], saved
 * `position_ids` are skipped.
 * @param folder a component folder, or one `.safetensors` file or index
 * @param expected names and shapes; the result has exactly these, in this order
 * @throws model_not_found; model_corrupt listing missing, unexpected and misshapen tensors, and those that hold no floats
 */
export async function loadParameters(
  folder: string,
  expected: Shapes,
  options: LoadOptions = {},
): Promise<Map<string, Float32Array>> {
  const isFile = folder.endsWith('.safetensors') || folder.endsWith('.json');
  await using source = await openSafetensors(isFile ? folder : await findWeights(folder));
  const stored = matchNames(source, expected, options);
  refuseMismatch(source, expected, stored);
  const parameters = new Map<string, Float32Array>();
  for (const name of expected.keys()) {
    parameters.set(name, toFloat32(await source.read(stored.get(name) as string)));
  }
  return parameters;
}

/** Maps the network's names to the file's; an unexpected tensor appears under its own name. */
function matchNames(source: TensorSource, expected: Shapes, options: LoadOptions): Map<string, string> {
  const stored = new Map<string, string>();
  const rename =
    options.rename ?? (hasOriginalSamNames(source.tensors.keys()) ? renameOriginalSam : undefined);
  for (const fileName of source.tensors.keys()) {
    const given = rename?.(fileName) ?? fileName;
    const modern = renameLegacyAttention(given);
    const name = !expected.has(given) && expected.has(modern) ? modern : given;
    const isKnown =
      SAVED_BUFFERS.test(fileName) || options.ignore?.test(fileName) || options.ignore?.test(name);
    if (!expected.has(name) && isKnown) continue;
    const other = stored.get(name);
    if (other !== undefined) {
      throw corruptModel(source.path, `both "${other}" and "${fileName}" stand for it`, name);
    }
    stored.set(name, fileName);
  }
  return stored;
}

/** Storage types of weights: numbers of any other type are codes of something (quantized weights, ids, flags). */
const FLOATS: ReadonlySet<DType> = new Set<DType>(['F64', 'F32', 'F16', 'BF16']);

function refuseMismatch(source: TensorSource, expected: Shapes, stored: ReadonlyMap<string, string>): void {
  const missing: string[] = [];
  const misshapen: string[] = [];
  const mistyped: string[] = [];
  for (const [name, { shape }] of expected) {
    const info = source.tensors.get(stored.get(name) ?? '');
    if (!stored.has(name) || info === undefined) missing.push(`${name} ${print(shape)}`);
    else if (!fits(info, shape)) misshapen.push(`${name} is ${print(info.shape)}, expected ${print(shape)}`);
    else if (!FLOATS.has(info.dtype))
      mistyped.push(`${name} holds ${info.dtype}, expected ${[...FLOATS].join(', ')}`);
  }
  const unexpected = [...stored].flatMap(([name, fileName]) =>
    expected.has(name) ? [] : [`${fileName} ${print(source.tensors.get(fileName)?.shape ?? [])}`],
  );
  const faults = Object.entries({ missing, unexpected, misshapen, mistyped }).filter(
    ([, list]) => list.length > 0,
  );
  if (faults.length === 0) return;
  const message = `${source.path}: ${faults.map(([kind, list]) => summarize(kind, list)).join('. ')}`;
  const details = {
    file: source.path,
    ...Object.fromEntries(faults.map(([kind, list]) => [kind, list.length])),
  };
  throw new AppError('model_corrupt', { message, details });
}

function summarize(kind: string, list: readonly string[]): string {
  const rest = list.length > 5 ? `; and ${list.length - 5} more` : '';
  return `${list.length} ${kind} tensor${list.length === 1 ? '' : 's'}: ${list.slice(0, 5).join('; ')}${rest}`;
}

/** Equal shapes, or a 1x1 convolution's weight where a linear layer's is expected. */
function fits({ shape }: TensorInfo, expected: readonly number[]): boolean {
  const isPointwise = shape.length === 4 && expected.length === 2 && shape[2] === 1 && shape[3] === 1;
  const sizes = isPointwise ? shape.slice(0, 2) : shape;
  return sizes.length === expected.length && sizes.every((size, axis) => size === expected[axis]);
}

function print(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}
