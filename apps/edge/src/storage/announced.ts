import type { ImageRef } from '@darkroom/shared/contracts/image-ref';
import { AppError } from '@darkroom/shared/errors';

/** What a client said of its file; null or absent = nothing. */
export interface Announced {
  readonly mime?: string | null | undefined;
  readonly sizeBytes?: number | null | undefined;
  readonly sha256?: string | null | undefined;
}

const codes = { mime: 'unsupported_media', sizeBytes: 'invalid_request', sha256: 'invalid_request' } as const;

/**
 * Refuses a file that is not what its client said.
 *
 * @throws AppError `unsupported_media` for another type, `invalid_request` for another size or digest
 */
export function requireAnnounced(announced: Announced, found: Partial<Omit<ImageRef, 'key'>>): void {
  for (const field of ['sizeBytes', 'mime', 'sha256'] as const) {
    const [expected, got] = [announced[field] ?? undefined, found[field]];
    if (expected === undefined || got === undefined || expected === got) continue;
    const message = `${field}: expected ${expected} as was announced, got ${got}`;
    throw new AppError(codes[field], { message, details: { field } });
  }
}
