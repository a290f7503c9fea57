// Where pictures go: never over the photo, and whole or not at all.
import { createHash, randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, parse } from 'node:path';
import type { OutputFormat } from '@darkroom/gpu-worker/image/encode';
import type { InputFormat } from '@darkroom/gpu-worker/image/media-type';
import { AppError } from '@darkroom/shared/errors';
import type { OutFile, Picture, WrittenOutput } from './job-event.ts';

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

/** What a picture is called when nobody says. */
export interface UsualName {
  /** Between the photo's name and the extension. */
  readonly suffix: string;
  /** Absent = the type of the photo. */
  readonly format?: OutputFormat;
}

/** A photo, and where to write when it was said. */
interface OutputWish {
  readonly photo: string;
  readonly out?: OutFile | undefined;
}

/**
 * Decides where the picture goes, before any work is spent on it.
 * @param type of the photo
 * @throws invalid_request when `--out` is the photo itself, no plain file, or in a folder that cannot be written
 */
export async function chooseOutput(
  { photo, out }: OutputWish,
  type: InputFormat,
  usual: UsualName = { suffix: 'edited' },
): Promise<OutputPlace> {
  if (out) return await chooseNamed(out, photo, '--out');
  const { format, extensions } = sameType[usual.format ?? type];
  const { dir, name, ext } = parse(photo);
  const extension = extensions.includes(ext.toLowerCase()) ? ext : extensions[0];
  await requireWritable(dir, 'beside the photo; choose another place with --out', '--out');
  return { path: join(dir, `${name}.${usual.suffix}${extension}`), format, isReplaced: false };
}

/**
 * The place that an option names, if it can be written.
 * @throws invalid_request naming the option
 */
export async function chooseNamed(out: OutFile, photo: string, option: string): Promise<OutputPlace> {
  await refuseTarget(out.path, photo, option);
  const path = await realpath(out.path).catch(() => out.path); // a link stays a link, to the new picture
  await requireWritable(dirname(path), `to the folder of ${option}`, option);
  return { path, format: out.format, isReplaced: true };
}

async function refuseTarget(path: string, photo: string, option: string): Promise<void> {
  const [target, source] = await Promise.all([stat(path).catch(() => undefined), stat(photo)]);
  if (target === undefined) return;
  if (target.dev === source.dev && target.ino === source.ino) {
    throw refused(option, `expected another file than the photo, got "${path}"`);
  }
  if (target.isFile()) return;
  const found = target.isDirectory() ? 'a folder' : 'a device or pipe';
  throw refused(option, `expected a file name, got ${found}: "${path}"`);
}

async function requireWritable(folder: string, where: string, option: string): Promise<void> {
  const entry = await stat(folder).catch(() => undefined);
  if (!entry?.isDirectory()) throw refused(option, `no such folder "${folder}"`);
  await access(folder, constants.W_OK | constants.X_OK).catch((cause) => {
    throw new AppError('forbidden', { cause, message: `cannot write to "${folder}", ${where}` });
  });
}

/**
 * Places of PNG files in a folder, which is made when it is missing; files of those names give way.
 * @throws invalid_request naming the option; forbidden
 */
export async function chooseInFolder(
  folder: string,
  names: readonly string[],
  option: string,
): Promise<OutputPlace[]> {
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new AppError('forbidden', { cause, message: `${option}: cannot make the folder "${folder}"` });
  });
  await requireWritable(folder, `to the folder of ${option}`, option);
  return names.map((name) => ({ path: join(folder, `${name}.png`), format: 'png', isReplaced: true }));
}

/** A picture and where it goes. */
export interface PlacedPicture {
  readonly place: OutputPlace;
  readonly picture: Picture;
}

/** Writes pictures, all of them or none. @returns what each is and the path that it got */
export async function writePictures(placed: readonly PlacedPicture[]): Promise<WrittenOutput[]> {
  const drafts = placed.map(({ place: { path } }) =>
    join(dirname(path), `.${basename(path)}.${randomUUID()}.part`),
  );
  const written: WrittenOutput[] = [];
  try {
    for (const [i, { place, picture }] of placed.entries())
      await writeFile(drafts[i] as string, picture.bytes, { flag: 'wx', flush: true }).catch((cause) =>
        refuseWriting(place, cause),
      );
    for (const [i, { place, picture }] of placed.entries()) {
      const path = await claim(drafts[i] as string, place).catch((cause) => refuseWriting(place, cause));
      const { bytes, ...facts } = picture;
      written.push({ path, ...facts, bytes: bytes.length, sha256: sha256Of(bytes) });
    }
    return written;
  } catch (fault) {
    await Promise.all(drafts.map((draft) => rm(draft, { force: true })));
    throw fault;
  }
}

/** Moves a finished file into its place. */
async function claim(draft: string, { path, isReplaced }: OutputPlace): Promise<string> {
  const free = isReplaced ? path : await claimName(path);
  await rename(draft, free);
  return free;
}

function refuseWriting({ path }: OutputPlace, cause: unknown): never {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  throw new AppError('internal', { cause, message: `cannot write "${path}" (${reason})` });
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
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

function refused(option: string, message: string): AppError {
  const details = { field: option.replace(/^--/, '') };
  return new AppError('invalid_request', { message: `${option}: ${message}`, details });
}
