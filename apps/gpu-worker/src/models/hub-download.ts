// One file over HTTP into its place: resumed from a .part file, retried, verified, renamed.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { constants, type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '@darkroom/shared/errors';
import type { RemoteFile } from './hub-files.ts';

const MAX_FAILURES = 5;

/** Where a file comes from and where it goes. */
export interface DownloadTarget {
  url: string;
  /** Where the finished file goes. */
  path: string;
  headers: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** Wait before the first retry, doubled each time; default 500 ms. */
  retryDelayMs?: number | undefined;
  /** Called with the file's bytes on disk so far, and how many of them this call has just received. */
  onBytes?: ((doneBytes: number, receivedBytes: number) => void) | undefined;
}

/**
 * Brings `file` to `target.path`. A file already there with the right content is kept; an interrupted download
 * goes on where it stopped, also in another process. The `.part` file carries the content's id in its name, so
 * a newer version never continues an older one.
 * @throws model_not_found, model_corrupt (digest or size differ: the part is removed), unavailable (retries used
 * up: the part is kept); the signal's reason when aborted (the part is kept)
 */
export async function downloadFile(file: RemoteFile, target: DownloadTarget): Promise<void> {
  if (await isPresent(file, target.path)) {
    target.onBytes?.(file.sizeBytes, 0);
    return;
  }
  const part = `${target.path}.${file.oid.slice(0, 12)}.part`;
  await mkdir(dirname(target.path), { recursive: true });
  await fetchWithRetries(file, part, target);
  await verify(file, part);
  await rename(part, target.path);
}

async function isPresent(file: RemoteFile, path: string): Promise<boolean> {
  if ((await sizeOf(path)) !== file.sizeBytes) return false;
  const { found, expected } = await digestOf(file, path);
  return found === expected;
}

async function verify(file: RemoteFile, part: string): Promise<void> {
  if (file.sha256 === undefined && file.oid === '') return; // This hub tells nothing to check by.
  const { kind, found, expected } = await digestOf(file, part);
  if (found === expected) return;
  await rm(part);
  const message = `${file.path}: ${kind} ${found}, expected ${expected}; the download was removed, pull again`;
  throw new AppError('model_corrupt', { message, details: { file: file.path } });
}

interface FileDigest {
  readonly kind: 'sha256' | 'git id';
  readonly found: string;
  readonly expected: string;
}

/** What the hub says of a file's content, and what lies at `path`. */
async function digestOf(file: RemoteFile, path: string): Promise<FileDigest> {
  const { sha256, oid, sizeBytes } = file;
  if (sha256 !== undefined) return { kind: 'sha256', found: await digest(path, 'sha256'), expected: sha256 };
  // Git's id of a small file: the SHA-1 of "blob <size>\0" and the content.
  return { kind: 'git id', found: await digest(path, 'sha1', `blob ${sizeBytes}\0`), expected: oid };
}

async function digest(path: string, algorithm: 'sha1' | 'sha256', prefix = ''): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (entry) => (entry.isFile() ? entry.size : -1),
    () => -1,
  );
}

async function fetchWithRetries(file: RemoteFile, part: string, target: DownloadTarget): Promise<void> {
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      return await fetchRest(file, part, target);
    } catch (fault) {
      target.signal?.throwIfAborted();
      if (!isTransient(fault)) throw fault;
      failures = (await sizeOf(part)) > Math.max(before, 0) ? 1 : failures + 1;
      if (failures >= MAX_FAILURES) {
        const why = fault instanceof AppError ? fault.message : networkFault(fault);
        const message = `${file.path}: ${why}; gave up after ${failures} attempts, the same pull resumes`;
        throw new AppError('unavailable', { cause: fault, message, details: { file: file.path } });
      }
      await pause((target.retryDelayMs ?? 500) * 2 ** (failures - 1), target.signal);
    }
  }
}

async function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(delayMs, undefined, { signal }).catch((fault) => {
    throw signal?.reason ?? fault;
  });
}

/** fetch reports a broken connection as a TypeError around the socket's error. */
function isTransient(fault: unknown): boolean {
  if (fault instanceof AppError) return fault.code === 'unavailable';
  return fault instanceof TypeError && fault.cause !== undefined;
}

/** The innermost words of a failed fetch, such as "connect ECONNREFUSED 127.0.0.1:80". */
export function networkFault(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  if (fault.cause instanceof Error) return networkFault(fault.cause);
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : '';
  return fault.message || code || fault.name;
}

async function fetchRest(file: RemoteFile, part: string, target: DownloadTarget): Promise<void> {
  await using handle = await open(part, constants.O_RDWR | constants.O_CREAT);
  let start = (await handle.stat()).size;
  if (start > file.sizeBytes) {
    await handle.truncate(0);
    start = 0;
  }
  target.onBytes?.(start, 0);
  if (start === file.sizeBytes) return;
  const range: Record<string, string> = start > 0 ? { range: `bytes=${start}-` } : {};
  const response = await fetch(target.url, {
    headers: { ...target.headers, 'accept-encoding': 'identity', ...range },
    signal: target.signal ?? null,
  });
  if (response.status === 416) await handle.truncate(0);
  if (!response.ok) throw await httpFault(response, file.path);
  if (response.status !== 206) await handle.truncate(0);
  const position = response.status === 206 ? rangeStart(response, start) : 0;
  await store(response, handle, { file, position, onBytes: target.onBytes });
  await handle.sync();
}

function rangeStart(response: Response, asked: number): number {
  const given = response.headers.get('content-range') ?? '';
  if (given.startsWith(`bytes ${asked}-`)) return asked;
  const message = `the server answered bytes=${asked}- with content-range "${given}"`;
  throw new AppError('unavailable', { message });
}

async function store(
  response: Response,
  handle: FileHandle,
  transfer: { file: RemoteFile; position: number; onBytes: DownloadTarget['onBytes'] },
): Promise<void> {
  const { file, onBytes } = transfer;
  let { position } = transfer;
  for await (const chunk of response.body ?? []) {
    if (position + chunk.length > file.sizeBytes) {
      await handle.truncate(0);
      const message = `${file.path}: the server sends more than the ${file.sizeBytes} bytes that it listed`;
      throw new AppError('model_corrupt', { message, details: { file: file.path } });
    }
    await writeAll(handle, chunk, position);
    position += chunk.length;
    onBytes?.(position, chunk.length);
  }
  if (position === file.sizeBytes) return;
  throw new AppError('unavailable', {
    message: `the connection ended at byte ${position} of ${file.sizeBytes}`,
  });
}

async function writeAll(handle: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, done, chunk.length - done, position + done);
    done += bytesWritten;
  }
}

async function httpFault(response: Response, path: string): Promise<AppError> {
  await response.body?.cancel();
  const { status } = response;
  const message = `${path}: the hub answered ${status} ${response.statusText}`.trimEnd();
  const isTemporary = status >= 500 || status === 429 || status === 408 || status === 416;
  if (isTemporary) return new AppError('unavailable', { message: `the hub answered ${status}` });
  return new AppError('model_not_found', { message, details: { file: path, status } });
}
