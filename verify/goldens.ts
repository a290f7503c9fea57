// Which folder of goldens is checked by what, and the run over a folder of them.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { GoldenCheck, Measurement } from './measurement.ts';
import { checkVae } from './vae.ts';

/** Checks by golden folder name. */
const checks: Readonly<Record<string, GoldenCheck>> = {
  vae_tiny: checkVae,
};

/** What came of one golden folder: its measurements, why it could not be measured, or that nothing checks it. */
export type GoldenReport =
  | { readonly kind: 'measured'; readonly golden: string; readonly measurement: Measurement }
  | { readonly kind: 'failed'; readonly golden: string; readonly error: unknown }
  | { readonly kind: 'unknown'; readonly golden: string };

/**
 * Checks every golden below `folder`, or `folder` itself when it is one golden, and reports as it goes.
 * A check that throws is reported and does not keep the others from running.
 */
export async function* verifyGoldens(folder: string): AsyncGenerator<GoldenReport> {
  for (const golden of await goldenFolders(folder)) {
    const name = basename(golden);
    const check = checks[name];
    if (!check) {
      yield { kind: 'unknown', golden: name };
      continue;
    }
    try {
      for await (const measurement of check(golden)) yield { kind: 'measured', golden: name, measurement };
    } catch (error) {
      yield { kind: 'failed', golden: name, error };
    }
  }
}

async function goldenFolders(folder: string): Promise<string[]> {
  if (basename(folder) in checks) return [folder];
  const entries = (await readdir(folder)).sort().map((name) => join(folder, name));
  const folders: string[] = [];
  for (const entry of entries) {
    if ((await stat(entry)).isDirectory()) folders.push(entry);
  }
  if (folders.length === 0)
    throw new TypeError(`${folder}: expected a golden, or folders of goldens, found neither`);
  return folders;
}
