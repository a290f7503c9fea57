/** What a training run keeps in its folder: its plan, the last checkpoint, and a log of one JSON object per step. */
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export function checkpointFile(folder: string): string {
  return join(folder, 'checkpoint.safetensors');
}

export function logFile(folder: string): string {
  return join(folder, 'log.jsonl');
}

/**
 * Writes what a run was begun with, or compares it with what was written then.
 * @throws Error when the folder holds a run that was begun with other settings.
 */
export async function keepPlan(folder: string, plan: object): Promise<void> {
  const file = join(folder, 'plan.json');
  const text = `${JSON.stringify(plan, undefined, 2)}\n`;
  const known = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (known === undefined) await writeFile(file, text);
  else if (known !== text)
    throw new Error(`${file}: this run was begun with other settings; remove its folder or name another run`);
}

/** Adds a line. @throws Error when a figure is not finite: the training has diverged. */
export async function logStep(
  file: string,
  step: number,
  figures: Readonly<Record<string, number>>,
): Promise<void> {
  for (const [name, value] of Object.entries(figures)) {
    if (!Number.isFinite(value)) throw new Error(`${name} became ${value} at step ${step}`);
  }
  await appendFile(file, `${JSON.stringify({ step, ...figures })}\n`);
}

/** Drops the lines of steps after `step`, which a kill undid, and a line that it cut short; no file is an empty log. */
export async function trimLog(file: string, step: number): Promise<void> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  if (text === undefined) return;
  // What follows the last line break is a cut line, or nothing.
  const lines = text.split('\n').slice(0, -1);
  const kept = lines.filter((line) => (JSON.parse(line) as { step: number }).step <= step);
  await writeFile(`${file}.partial`, kept.map((line) => `${line}\n`).join(''));
  await rename(`${file}.partial`, file);
}
