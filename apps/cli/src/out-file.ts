// Files and folders that options name.
import { resolve } from 'node:path';
import { usageFault } from '@darkroom/gpu-worker/cli/usage-fault';
import { type OutputFormat, outputFormatOf } from '@darkroom/gpu-worker/image/encode';
import type { OutFile } from './job-event.ts';
import { type CommandPlace, readText } from './photo-options.ts';

type OutPlace = Pick<CommandPlace, 'folder'> & {
  /** Absent = any that a picture can be written in. */
  readonly formats?: readonly OutputFormat[];
};

/** A file to write, by whose name its type goes. @throws invalid_request, unsupported_media naming the option */
export function readOutFile(
  option: string,
  text: string | undefined,
  { folder, formats }: OutPlace,
): OutFile | undefined {
  const name = readText(option, text, 'a file name');
  if (name === undefined) return undefined;
  const format = outputFormatOf(name);
  if (formats && !formats.includes(format))
    throw usageFault(`${option}: expected a name ending in .${formats.join(' or .')}, got "${name}"`, option);
  return { path: resolve(folder, name), format };
}

/** A folder, as an absolute path. @throws invalid_request naming the option */
export function readFolder(
  option: string,
  text: string | undefined,
  { folder }: Pick<CommandPlace, 'folder'>,
): string | undefined {
  const name = readText(option, text, 'a folder');
  return name === undefined ? undefined : resolve(folder, name);
}
