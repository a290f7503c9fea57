// Bytes of jobs, over addresses that were signed for this one use: read with their digest checked, written with retries.
import { createHash } from 'node:crypto';
import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { AppError, type ErrorCode } from '@darkroom/shared/errors';
import { type Sleep, withRetries } from './retry.ts';

/** What transfers need from outside. */
export interface TransferPorts {
  readonly fetch: typeof fetch;
  readonly sleep: Sleep;
}

/** One transfer of a job; aborting the signal ends it. */
export interface Transfer extends TransferPorts {
  /** What the bytes are, for messages; the address is signed and never shown. */
  readonly name: string;
  readonly url: string;
  readonly signal: AbortSignal;
}

/** Together half a minute: a store that is restarted must not cost a picture that took longer to make. */
const retries = 6;
const firstWaitMs = 250;
const longestWaitMs = 8_000;
/** One attempt; 128 MiB pass in it at 1.1 MB/s. */
const attemptMs = 120_000;

/**
 * Reads stored bytes and checks that they are the ones that the job names.
 * @throws AppError `image_corrupt` when size or digest differ, `not_found` when nothing is stored, `unavailable` when
 * the store does not answer as it should
 */
export function readObject(image: ImageRef, transfer: Transfer): Promise<Uint8Array<ArrayBuffer>> {
  return repeat(transfer, async (signal) => {
    const response = await ask(transfer, { signal, headers: { 'accept-encoding': 'identity' } });
    const bytes = await readBounded(response, image.sizeBytes);
    assertSame(image, bytes, transfer.name);
    return bytes;
  });
}

/**
 * Stores bytes, repeating an attempt that failed for a reason that may pass.
 * @param headers that the address was signed with
 * @throws AppError `unavailable` when the store refused or did not answer
 */
export async function writeObject(
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
  transfer: Transfer,
): Promise<void> {
  const body = new Uint8Array(bytes);
  await repeat(transfer, async (signal) => {
    const response = await ask(transfer, { signal, headers, method: 'PUT', body });
    await response.body?.cancel();
  });
}

function repeat<T>(transfer: Transfer, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { signal, sleep } = transfer;
  return withRetries(() => attempt(AbortSignal.any([signal, AbortSignal.timeout(attemptMs)])), {
    retries,
    firstWaitMs,
    longestWaitMs,
    isWorthRetrying: (error) => error instanceof TransferFault && error.mayPass,
    sleep,
    signal,
  });
}

/** A failure of the store or of the way to it. */
class TransferFault extends AppError {
  /** Whether the same request may succeed in a moment. */
  readonly mayPass: boolean;

  constructor(code: ErrorCode, message: string, { mayPass, cause }: { mayPass: boolean; cause?: unknown }) {
    super(code, { message, cause });
    this.mayPass = mayPass;
  }
}

async function ask({ name, url, fetch }: Transfer, request: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...request, redirect: 'error' }).catch((cause: unknown) => {
    throw new TransferFault('unavailable', `${name}: the store did not answer`, { mayPass: true, cause });
  });
  if (response.ok) return response;
  await response.body?.cancel();
  const { status } = response;
  if (status === 404) throw new TransferFault('not_found', `${name}: nothing is stored`, { mayPass: false });
  const mayPass = status >= 500 || status === 408 || status === 429;
  throw new TransferFault('unavailable', `${name}: the store answered ${status}`, { mayPass });
}

/** All bytes of an answer, or as many as show that there are too many. */
async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) break;
    }
  } catch (cause) {
    throw new TransferFault('unavailable', 'the store broke off its answer', { mayPass: true, cause });
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function assertSame({ sizeBytes, sha256 }: ImageRef, bytes: Uint8Array, name: string): void {
  if (bytes.length !== sizeBytes) {
    const found = bytes.length > sizeBytes ? 'more' : bytes.length;
    throw new AppError('image_corrupt', { message: `${name}: expected ${sizeBytes} bytes, got ${found}` });
  }
  const found = sha256Of(bytes);
  if (found === sha256) return;
  throw new AppError('image_corrupt', { message: `${name}: expected SHA-256 ${sha256}, got ${found}` });
}

/** In lower-case hexadecimal, as contracts have it. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
