// Which folder of goldens is checked by what, and the run over a folder of them.
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkBlip } from './blip.ts';
import { checkClip } from './clip.ts';
import { checkClipText } from './clip-text.ts';
import type { GoldenCheck, Measurement } from './measurement.ts';
import { checkOwlvit } from './owlvit.ts';
import { checkPipeline } from './pipelines.ts';
import { checkSam } from './sam.ts';
import { checkSchedulers } from './schedulers.ts';
import { checkTokenizer } from './tokenizer.ts';
import { checkDreambooth } from './training-dreambooth.ts';
import { checkLora } from './training-lora.ts';
import { checkSemanticPreservation } from './training-semantic-preservation.ts';
import { checkUnet } from './unet.ts';
import { checkVae } from './vae.ts';

/** Checks by the beginning of a golden folder's name; the first that fits counts. */
const checks: readonly (readonly [prefix: string, check: GoldenCheck])[] = [
  ['blip_caption', checkBlip],
  ['clip_text', checkClipText],
  ['clip', checkClip],
  ['owlvit', checkOwlvit],
  ['pipeline', checkPipeline],
  ['sam', checkSam],
  ['schedulers', checkSchedulers],
  ['tokenizer', checkTokenizer],
  ['training_dreambooth', checkDreambooth],
  ['training_lora', checkLora],
  ['training_semantic_preservation', checkSemanticPreservation],
  ['unet', checkUnet],
  ['vae', checkVae],
];

function checkOf(folder: string): GoldenCheck | undefined {
  const name = basename(folder);
  return checks.find(([prefix]) => name === prefix || name.startsWith(`${prefix}_`))?.[1];
}

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
    const check = checkOf(golden);
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
  if (checkOf(folder)) return [folder];
  const entries = (await readdir(folder)).sort().map((name) => join(folder, name));
  const folders: string[] = [];
  for (const entry of entries) {
    if ((await stat(entry)).isDirectory()) folders.push(entry);
  }
  if (folders.length === 0)
    throw new TypeError(`${folder}: expected a golden, or folders of goldens, found neither`);
  return folders;
}
