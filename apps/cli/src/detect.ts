// npm run detect -- photo.jpg "dog" "red car": names in, boxes out.

import { detectCommand } from './detect-command.ts';
import { type CommandOutput, runCommand } from './photo-command.ts';

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Runs the command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function main(words: readonly string[], output: CommandOutput = process): Promise<number> {
  return await runCommand(detectCommand, words, output);
}
