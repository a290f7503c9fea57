// npm run segment -- photo.jpg --point 350,450: a click on something in, its mask out.
import { type CommandOutput, runCommand } from './photo-command.ts';
import { segmentCommand } from './segment-command.ts';

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Runs the command; 0 = done, 1 = failed, 2 = wrong usage, 130 = stopped by Ctrl-C. */
export async function main(words: readonly string[], output: CommandOutput = process): Promise<number> {
  return await runCommand(segmentCommand, words, output);
}
