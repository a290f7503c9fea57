import { readFile } from 'node:fs/promises';
import { logFile } from './run-folder.ts';

/** The lines of a run's log without their wall-clock times, which alone may differ between two runs: for tests. */
export async function logFigures(folder: string): Promise<Readonly<Record<string, number>>[]> {
  const text = await readFile(logFile(folder), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => {
    const { seconds: _, ...figures } = JSON.parse(line) as Record<string, number>;
    return figures;
  });
}
