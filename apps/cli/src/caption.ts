// npm run caption -- photo.jpg: a photo in, a sentence out.

import { captionCommand } from './caption-command.ts';
import { type CommandOutput, runCommand } from './photo-command.ts';

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Runs the command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function main(words: readonly string[], output: CommandOutput = process): Promise<number> {
  return await runCommand(captionCommand, words, output);
}
