import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { relative, sep } from 'node:path';
import { findWeights } from '../models/checkpoint.ts';
import { openSafetensors } from '../models/safetensors.ts';
import type { DiffusionModel } from './diffusion-model.ts';

/**
 * One digest for all weights of a model: that of {@link digestFolders}.
 * @throws the signal's reason when it is aborted, before the next file
 */
export function digestWeights(
  { folder, unet, vae, textEncoder }: DiffusionModel,
  signal?: AbortSignal,
): Promise<string> {
  const folders = [unet, vae, textEncoder].map(({ component }) => component.folder);
  return digestFolders(folder, folders, signal);
}

/**
 * One digest for the weights in some folders of a model: the SHA-256 of a list as `sha256sum` prints it, of the weight files
 * that are used, by their paths in the model's folder, in order.
 * @throws the signal's reason when it is aborted, before the next file
 */
export async function digestFolders(
  folder: string,
  parts: readonly string[],
  signal?: AbortSignal,
): Promise<string> {
  const files = new Set<string>();
  for (const part of parts) {
    await using source = await openSafetensors(await findWeights(part));
    for (const { file } of source.tensors.values()) files.add(file);
  }
  const named = [...files].map((file) => [relative(folder, file).split(sep).join('/'), file] as const);
  const list = createHash('sha256');
  for (const [path, file] of named.sort(([a], [b]) => (a < b ? -1 : 1))) {
    signal?.throwIfAborted();
    list.update(`${await digestFile(file)}  ${path}\n`);
  }
  return list.digest('hex');
}

async function digestFile(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(chunk);
  return digest.digest('hex');
}
