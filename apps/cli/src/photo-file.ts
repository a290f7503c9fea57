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

/** Reads the file. @param name of what the file is for, in errors. @throws not_found, forbidden, invalid_request, unsupported_media, image_too_large, image_corrupt */
export async function readPhotoFile(path: string, name = 'photo'): Promise<PhotoFile> {
  const entry = await stat(path).catch((cause) => refuseUnreadable(name, path, cause));
  if (!entry.isFile()) {
    const found = entry.isDirectory() ? 'a folder' : 'a device or pipe';
    throw new AppError('invalid_request', { message: `${name}: expected a file, got ${found}: "${path}"` });
  }
  assertFileSize(`${name} "${path}"`, entry.size, defaultDecodeLimits);
  const bytes = await readFile(path).catch((cause) => refuseUnreadable(name, path, cause));
  if (bytes.length === 0) {
    throw new AppError('image_corrupt', {
      message: `${name}: expected a picture, got an empty file: "${path}"`,
    });
  }
  const { format, name: type } = sniffMediaType(bytes);
  if (format !== undefined) return { bytes, format };
  const found = type === 'unknown' ? 'a file of another type' : type;
  const message = `${name}: expected a still JPEG, PNG, WebP or AVIF, got ${found}: "${path}"`;
  throw new AppError('unsupported_media', { message });
}

function refuseUnreadable(name: string, path: string, cause: NodeJS.ErrnoException): never {
  const { code } = cause;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    throw new AppError('not_found', { cause, message: `${name}: no such file: "${path}"` });
  }
  throw new AppError('forbidden', { cause, message: `${name}: cannot be read (${code}): "${path}"` });
}
