// Where an edited picture goes: never over the photo, and whole or not at all.
import { randomUUID } from 'node:crypto';
import { access, constants, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, parse } from 'node:path';
import type { OutputFormat } from '@darkroom/gpu-worker/image/encode';
import type { InputFormat } from '@darkroom/gpu-worker/image/media-type';
import { AppError } from '@darkroom/shared/errors';
import type { EditArguments } from './edit-arguments.ts';

/** A place whose folder was found writable. */
export interface OutputPlace {
  readonly path: string;
  readonly format: OutputFormat;
  /** Whether a file of that name gives way; if not, the picture's own name gets a number. */
  readonly isReplaced: boolean;
}

const sameType: Readonly<Record<InputFormat, { format: OutputFormat; extensions: readonly string[] }>> = {
  jpeg: { format: 'jpeg', extensions: ['.jpg', '.jpeg'] },
  png: { format: 'png', extensions: ['.png'] },
  webp: { format: 'webp', extensions: ['.webp'] },
  avif: { format: 'png', extensions: ['.png'] },
};

/**
 * Decides where the picture goes, before any work is spent on it.
 * @throws invalid_request when `--out` is the photo itself, no plain file, or in a folder that cannot be written
 */
export async function chooseOutput(
  { photo, out }: Pick<EditArguments, 'photo' | 'out'>,
  type: InputFormat,
): Promise<OutputPlace> {
  if (out === undefined) {
    const { format, extensions } = sameType[type];
    const { dir, name, ext } = parse(photo);
    const extension = extensions.includes(ext.toLowerCase()) ? ext : extensions[0];
    await requireWritable(dir, 'beside the photo; choose another place with --out');
    return { path: join(dir, `${name}.edited${extension}`), format, isReplaced: false };
  }
  await refuseTarget(out.path, photo);
  const path = await realpath(out.path).catch(() => out.path); // a link stays a link, to the new picture
  await requireWritable(dirname(path), 'to the folder of --out');
  return { path, format: out.format, isReplaced: true };
}

async function refuseTarget(path: string, photo: string): Promise<void> {
  const [target, source] = await Promise.all([stat(path).catch(() => undefined), stat(photo)]);
  if (target === undefined) return;
  if (target.dev === source.dev && target.ino === source.ino) {
    throw refused(`--out: expected another file than the photo, got "${path}"`);
  }
  if (target.isFile()) return;
  const found = target.isDirectory() ? 'a folder' : 'a device or pipe';
  throw refused(`--out: expected a file name, got ${found}: "${path}"`);
}

async function requireWritable(folder: string, where: string): Promise<void> {
  const entry = await stat(folder).catch(() => undefined);
  if (!entry?.isDirectory()) throw refused(`--out: no such folder "${folder}"`);
  await access(folder, constants.W_OK | constants.X_OK).catch((cause) => {
    throw new AppError('forbidden', { cause, message: `cannot write to "${folder}", ${where}` });
  });
}

/**
 * Writes the picture under a temporary name and moves it into its place.
 * @returns the path that it got
 */
export async function writePicture(place: OutputPlace, bytes: Uint8Array): Promise<string> {
  const draft = join(dirname(place.path), `.${basename(place.path)}.${randomUUID()}.part`);
  try {
    await writeFile(draft, bytes, { flag: 'wx', flush: true });
    const path = place.isReplaced ? place.path : await claimName(place.path);
    await rename(draft, path);
    return path;
  } catch (cause) {
    await rm(draft, { force: true });
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new AppError('internal', { cause, message: `cannot write "${place.path}" (${reason})` });
  }
}

/** Takes the first free name of photo.edited.jpg, photo.edited-2.jpg, … by making an empty file of it. */
async function claimName(path: string): Promise<string> {
  const extension = extname(path);
  const stem = path.slice(0, path.length - extension.length);
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? path : `${stem}-${number}${extension}`;
    try {
      await (await open(candidate, 'wx')).close();
      return candidate;
    } catch (fault) {
      if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw fault;
    }
  }
}

function refused(message: string): AppError {
  return new AppError('invalid_request', { message, details: { field: 'out' } });
}
