// npm run edit -- photo.jpg "make it a snowy night": a photo and a sentence in, an edited photo out.
import { editCommand } from './edit-command.ts';
import { type CommandOutput, runCommand } from './photo-command.ts';

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Runs the command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function main(words: readonly string[], output: CommandOutput = process): Promise<number> {
  return await runCommand(editCommand, words, output);
}
