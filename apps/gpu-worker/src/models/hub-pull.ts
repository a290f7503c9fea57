// Downloading a model from the hub into the cache.
import { readdir, rm } from 'node:fs/promises';
import { join, normalize } from 'node:path';
import { AppError } from '@darkroom/shared/errors';
import { HubApiError, listFiles } from '@huggingface/hub';
import { cachedFolder, type ModelReceipt, readReceipt, removeReceipt, writeReceipt } from './hub.ts';
import { downloadFile, networkFault } from './hub-download.ts';
import { chooseFiles, type RemoteFile } from './hub-files.ts';

/** How far a pull has come. */
export interface PullProgress {
  /** The file in transfer, and its place among all files, from 1. */
  path: string;
  position: number;
  fileCount: number;
  doneBytes: number;
  totalBytes: number;
  /** Bytes of `doneBytes` that came over the network in this pull. */
  receivedBytes: number;
}

/** What to pull, from where, to where. */
export interface PullOptions {
  /** Branch, tag or commit. */
  revision: string;
  /** Weights variant such as fp16; absent = plain weights. */
  variant?: string | undefined;
  cacheFolder: string;
  /** Base address of the hub. */
  endpoint: string;
  token?: string | undefined;
  signal?: AbortSignal | undefined;
  retryDelayMs?: number | undefined;
  onProgress?: ((progress: PullProgress) => void) | undefined;
}

/**
 * Downloads the needed files of a model, each verified, and writes the receipt that makes the model complete.
 * The folder holds one revision and variant: weights of an earlier pull that this one does not need are removed.
 * @throws invalid_request, model_not_found, model_unsupported, model_corrupt, unavailable; the signal's reason
 */
export async function pullModel(id: string, options: PullOptions): Promise<ModelReceipt> {
  const folder = cachedFolder(id, options.cacheFolder);
  const files = chooseNamed(id, await listRepository(id, options), options.variant);
  await withdrawReceipt(folder, files);
  await downloadAll(id, files, { ...options, folder });
  await removeStrays(folder, files);
  const receipt: ModelReceipt = {
    version: 1,
    id,
    revision: options.revision,
    variant: options.variant ?? null,
    files: files.map(({ path, sizeBytes, oid }) => ({ path, sizeBytes, oid })),
    pulledAtMs: Date.now(),
  };
  await writeReceipt(folder, receipt);
  return receipt;
}

function chooseNamed(id: string, files: readonly RemoteFile[], variant: string | undefined): RemoteFile[] {
  try {
    return chooseFiles(files, variant);
  } catch (fault) {
    if (!(fault instanceof AppError)) throw fault;
    throw new AppError(fault.code, {
      message: `${id}: ${fault.message}`,
      details: { ...fault.details, model: id },
    });
  }
}

async function listRepository(id: string, options: PullOptions): Promise<RemoteFile[]> {
  const files: RemoteFile[] = [];
  try {
    const entries = listFiles({
      repo: { type: 'model', name: id },
      recursive: true,
      revision: encodeURIComponent(options.revision),
      hubUrl: options.endpoint,
      fetch: (url, init) => fetchFromHub(url, init, options),
    });
    for await (const { type, path, size, oid, lfs } of entries) {
      if (type !== 'file') continue;
      refuseEscape(id, path);
      if (lfs === undefined) files.push({ path, sizeBytes: size, oid: oid ?? '' });
      else files.push({ path, sizeBytes: lfs.size, oid: lfs.oid, sha256: lfs.oid.toLowerCase() });
    }
  } catch (fault) {
    throw translate(fault, id, options);
  }
  return files;
}

/** The token goes to the hub's own address only, whatever a listing links to. */
async function fetchFromHub(
  url: Parameters<typeof fetch>[0],
  init: RequestInit | undefined,
  { endpoint, token, signal }: PullOptions,
): Promise<Response> {
  const headers = new Headers(init?.headers);
  const target = new URL(url instanceof Request ? url.url : url);
  if (token !== undefined && target.origin === new URL(endpoint).origin) {
    headers.set('authorization', `Bearer ${token}`);
  }
  return fetch(target, { ...init, headers, signal: signal ?? null });
}

function refuseEscape(id: string, path: string): void {
  const isInside = path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (isInside && !path.includes('\\') && !path.includes('\0')) return;
  const message = `${id}: the hub lists the file "${path}", which would lie outside of the model's folder`;
  throw new AppError('model_corrupt', { message, details: { model: id } });
}

function translate(fault: unknown, id: string, { revision, endpoint, signal }: PullOptions): unknown {
  if (signal?.aborted) return signal.reason;
  if (fault instanceof HubApiError) {
    const status = fault.statusCode;
    if (status >= 500 || status === 429) {
      const message = `${endpoint} answered ${status}; try again later`;
      return new AppError('unavailable', { cause: fault, message });
    }
    const isRefused = status === 401 || status === 403;
    const advice = isRefused
      ? 'it does not exist, is private or gated (set HF_TOKEN)'
      : 'no such model or revision';
    const message = `${id} (revision ${revision}): ${advice}; ${endpoint} answered ${status}`;
    return new AppError('model_not_found', {
      cause: fault,
      message,
      details: { model: id, revision, status },
    });
  }
  if (fault instanceof TypeError && fault.cause !== undefined) {
    const message = `${endpoint} cannot be reached: ${networkFault(fault)}`;
    return new AppError('unavailable', { cause: fault, message, details: { endpoint } });
  }
  return fault;
}

async function downloadAll(
  id: string,
  files: readonly RemoteFile[],
  options: PullOptions & { folder: string },
): Promise<void> {
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const base = `${options.endpoint}/${id}/resolve/${encodeURIComponent(options.revision)}`;
  const headers: Record<string, string> = options.token ? { authorization: `Bearer ${options.token}` } : {};
  let finishedBytes = 0;
  let receivedBytes = 0;
  for (const [index, file] of files.entries()) {
    options.signal?.throwIfAborted();
    const { path } = file;
    await downloadFile(file, {
      url: `${base}/${path.split('/').map(encodeURIComponent).join('/')}`,
      path: join(options.folder, path),
      headers,
      signal: options.signal,
      retryDelayMs: options.retryDelayMs,
      onBytes: (doneBytes, newBytes) => {
        receivedBytes += newBytes;
        const sums = { doneBytes: finishedBytes + doneBytes, totalBytes, receivedBytes };
        options.onProgress?.({ path, position: index + 1, fileCount: files.length, ...sums });
      },
    });
    finishedBytes += file.sizeBytes;
  }
}

/** While files of another version arrive, the model is not complete. */
async function withdrawReceipt(folder: string, files: readonly RemoteFile[]): Promise<void> {
  const receipt = await readReceipt(folder).catch(() => undefined);
  const oids = new Map(receipt?.files.map(({ path, oid }) => [path, oid]));
  if (files.some(({ path, oid }) => oids.get(path) !== oid)) await removeReceipt(folder);
}

/** Parts and weights of other versions: a loader could mistake them for this one's. */
async function removeStrays(folder: string, files: readonly RemoteFile[]): Promise<void> {
  const kept = new Set(files.map(({ path }) => normalize(path)));
  for (const entry of await readdir(folder, { recursive: true })) {
    const isStray = /\.part$|\.safetensors$|\.safetensors\.index\b.*\.json$/.test(entry) && !kept.has(entry);
    if (isStray) await rm(join(folder, entry), { force: true });
  }
}
