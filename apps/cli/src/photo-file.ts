// The photo that a command is given: a file whose bytes are believed, not its name.
import { readFile, stat } from 'node:fs/promises';
import { assertFileSize, defaultDecodeLimits } from '@darkroom/gpu-worker/image/decode';
import { type InputFormat, sniffMediaType } from '@darkroom/gpu-worker/image/media-type';
import { AppError } from '@darkroom/shared/errors';

/** A file's bytes and what they are. */
export interface PhotoFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly format: InputFormat;
}

/** Reads the file. @throws not_found, forbidden, invalid_request, unsupported_media, image_too_large, image_corrupt */
export async function readPhotoFile(path: string): Promise<PhotoFile> {
  const entry = await stat(path).catch((cause) => refuseUnreadable(path, cause));
  if (!entry.isFile()) {
    const found = entry.isDirectory() ? 'a folder' : 'a device or pipe';
    throw new AppError('invalid_request', { message: `photo: expected a file, got ${found}: "${path}"` });
  }
  assertFileSize(`photo "${path}"`, entry.size, defaultDecodeLimits);
  const bytes = await readFile(path).catch((cause) => refuseUnreadable(path, cause));
  if (bytes.length === 0) {
    throw new AppError('image_corrupt', {
      message: `photo: expected a picture, got an empty file: "${path}"`,
    });
  }
  const { format, name } = sniffMediaType(bytes);
  if (format !== undefined) return { bytes, format };
  const found = name === 'unknown' ? 'a file of another type' : name;
  const message = `photo: expected a still JPEG, PNG, WebP or AVIF, got ${found}: "${path}"`;
  throw new AppError('unsupported_media', { message });
}

function refuseUnreadable(path: string, cause: NodeJS.ErrnoException): never {
  const { code } = cause;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw new AppError('not_found', { cause, message: `photo: no such file: "${path}"` });
  }
  throw new AppError('forbidden', { cause, message: `photo: cannot be read (${code}): "${path}"` });
}
