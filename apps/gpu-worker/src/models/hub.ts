// Models pulled from the hub: where they lie in the cache, which are complete, and how an id becomes a folder.
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { z } from 'zod';
import { readJson } from './checkpoint.ts';

const RECEIPT_NAME = '.darkroom-model.json';
const MODEL_ID = /^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/;

/** Written last, so its presence says that every file of the model is there and was verified. */
export type ModelReceipt = z.infer<typeof ModelReceipt>;
export const ModelReceipt = z.object({
  version: z.literal(1),
  id: z.string().regex(MODEL_ID).describe('hub id, owner/name'),
  revision: z.string().min(1).describe('branch, tag or commit that was asked for'),
  variant: z.string().nullable().describe('weights variant that was asked for, such as fp16; null = none'),
  files: z.array(z.object({ path: z.string(), sizeBytes: z.int().nonnegative(), oid: z.string() })),
  pulledAtMs: z.int().nonnegative().describe('time of the pull, Unix milliseconds'),
});

/** A complete model in the cache. */
export interface CachedModel {
  id: string;
  folder: string;
  revision: string;
  variant: string | null;
  sizeBytes: number;
}

/** `$DARKROOM_HOME/models`, or `~/.cache/darkroom/models`. */
export function defaultCacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { DARKROOM_HOME: home } = environment;
  return join(home || join(homedir(), '.cache', 'darkroom'), 'models');
}

/** The model's folder in the cache, `<owner>--<name>`. @throws invalid_request if `id` is not owner/name */
export function cachedFolder(id: string, cacheFolder: string = defaultCacheFolder()): string {
  if (!MODEL_ID.test(id)) {
    const message = `"${id}" is not a model id, expected owner/name such as timbrooks/instruct-pix2pix`;
    throw new AppError('invalid_request', { message, details: { field: 'model', value: id } });
  }
  return join(cacheFolder, id.replace('/', '--'));
}

/** The receipt of a complete model, undefined when there is none. @throws model_corrupt if it is damaged */
export async function readReceipt(folder: string): Promise<ModelReceipt | undefined> {
  return readJson(join(folder, RECEIPT_NAME), ModelReceipt).catch((fault) => {
    if (fault instanceof AppError && fault.code === 'model_not_found') return undefined;
    throw fault;
  });
}

/** Declares the model in `folder` complete. */
export async function writeReceipt(folder: string, receipt: ModelReceipt): Promise<void> {
  await writeFile(join(folder, RECEIPT_NAME), `${JSON.stringify(receipt, null, 2)}\n`);
}

/** Declares the model in `folder` incomplete; an absent receipt is fine. */
export async function removeReceipt(folder: string): Promise<void> {
  await rm(join(folder, RECEIPT_NAME), { force: true });
}

/** The complete models of a cache folder, by id; an absent folder has none. */
export async function listModels(cacheFolder: string = defaultCacheFolder()): Promise<CachedModel[]> {
  const names = await readdir(cacheFolder).catch((cause) => {
    if (cause?.code === 'ENOENT') return [];
    throw cause;
  });
  const models: CachedModel[] = [];
  for (const name of names.filter((candidate) => candidate.includes('--')).sort()) {
    const receipt = await readReceipt(join(cacheFolder, name));
    if (receipt !== undefined) models.push(describeModel(join(cacheFolder, name), receipt));
  }
  return models;
}

/** What a receipt says of the model in `folder`. */
export function describeModel(folder: string, receipt: ModelReceipt): CachedModel {
  const sizeBytes = receipt.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  return { id: receipt.id, folder, revision: receipt.revision, variant: receipt.variant, sizeBytes };
}

/**
 * The folder of a model: the given folder if it exists, else the complete model of that id in the cache.
 * @throws model_required with the command that pulls it; model_not_found for a path that is no folder
 */
export async function resolveModel(
  idOrFolder: string,
  cacheFolder: string = defaultCacheFolder(),
): Promise<string> {
  const entry = await stat(idOrFolder).catch(() => undefined);
  if (entry?.isDirectory()) return resolve(idOrFolder);
  if (entry !== undefined || !MODEL_ID.test(idOrFolder)) {
    const found =
      entry === undefined ? 'nothing is there, and it is not a hub id (owner/name)' : 'it is a file';
    const message = `"${idOrFolder}": expected a model folder; ${found}`;
    throw new AppError('model_not_found', { message, details: { model: idOrFolder } });
  }
  const folder = cachedFolder(idOrFolder, cacheFolder);
  if ((await readReceipt(folder)) !== undefined) return folder;
  const place = cacheFolder === defaultCacheFolder() ? '' : ` --dir ${cacheFolder}`;
  const command = `npm run models -- pull ${idOrFolder}${place}`;
  const message = `the model ${idOrFolder} is not installed; get it with: ${command}`;
  throw new AppError('model_required', { message, details: { model: idOrFolder, command } });
}
