/** `npm run evaluate -- vae`. */
import { parseArgs } from 'node:util';
import { parseWords, pathOf } from '../command-words.ts';
import { openPhotos } from '../data/store.ts';
import type { Target } from './target.ts';
import { vaeFidelity } from './vae-fidelity.ts';

export const vaeTarget: Target = {
  summary: 'how well photos survive the autoencoder',
  usage: `npm run evaluate -- vae [--model weights/edit] [--json]

  --cache <folder>  pictures of "npm run data:fetch"; default recipes/.cache`,
  prepare: (words) => {
    const { values } = parseWords(() =>
      parseArgs({
        args: [...words],
        options: {
          model: { type: 'string' },
          cache: { type: 'string' },
          json: { type: 'boolean', default: false },
        },
      }),
    );
    const model = pathOf('--model', values.model, 'weights/edit');
    const cache = pathOf('--cache', values.cache, 'recipes/.cache');
    return () => measure(model, cache, values.json);
  },
};

async function measure(model: string, cache: string, json: boolean): Promise<boolean> {
  const figures = await vaeFidelity(model, await openPhotos(cache, ['heldout', 'evaluation']));
  const mean = figures.reduce((sum, figure) => sum + figure, 0) / figures.length;
  if (json) console.log(JSON.stringify({ psnr: figures, mean }));
  else
    console.log(
      `autoencoder: ${mean.toFixed(1)} dB mean PSNR over ${figures.length} photos, ${Math.min(...figures).toFixed(1)} dB the worst`,
    );
  return true;
}
