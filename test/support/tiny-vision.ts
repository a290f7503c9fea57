/** Vision models in folders as production loads them: the goldens' small random networks, with tokenizers of a few words. */
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const goldens = fileURLToPath(new URL('../goldens', import.meta.url));
const letters = [...'abcdefghijklmnopqrstuvwxyz'];

/** A segmenter. */
export function writeTinySam(folder: string): Promise<void> {
  return copyModel('sam_tiny', folder);
}

/** A detector of words. */
export async function writeTinyOwlvit(folder: string): Promise<void> {
  await copyModel('owlvit_tiny', folder);
  await writeLetterTokens(folder, 400);
}

/** A model that compares pictures with texts. */
export async function writeTinyClip(folder: string): Promise<void> {
  await copyModel('clip_tiny', folder);
  await writeLetterTokens(folder, 1000);
}

/** A captioner. */
export async function writeTinyBlip(folder: string): Promise<void> {
  await copyModel('blip_caption_tiny', folder);
  const marks = ['[PAD]', '[UNK]', '[SEP]', '[CLS]', '[MASK]'];
  const pieces = [...letters, ...letters.map((letter) => `##${letter}`)];
  const rest = Array.from({ length: 118 - marks.length - pieces.length }, (_, i) => `word${i}`);
  await writeFile(join(folder, 'vocab.txt'), [...marks, ...pieces, ...rest].join('\n'));
}

async function copyModel(golden: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of ['config.json', 'model.safetensors', 'preprocessor_config.json']) {
    await cp(join(goldens, golden, file), join(folder, file));
  }
}

/** A byte-pair vocabulary of single letters; its last two ids are the marks around a text. */
async function writeLetterTokens(folder: string, size: number): Promise<void> {
  const tokens = ['!', ...letters, ...letters.map((letter) => `${letter}</w>`)];
  const ids = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const marks = { '<|startoftext|>': size - 2, '<|endoftext|>': size - 1 };
  await writeFile(join(folder, 'vocab.json'), JSON.stringify({ ...ids, ...marks }));
  await writeFile(join(folder, 'merges.txt'), '#version: 0.2\n');
}
