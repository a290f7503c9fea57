/** `npm run evaluate -- nouns`. */
import { parseArgs } from 'node:util';
import { ModelStore } from '@darkroom/gpu-worker/runtime/model-store';
import { openVisionModel } from '@darkroom/gpu-worker/vision/open-vision-model';
import { countOf, parseWords, pathOf } from '../../command-words.ts';
import { openSceneSources } from '../../compositions/scene.ts';
import type { Target } from '../../evaluate/target.ts';
import { measureNouns } from './measure-nouns.ts';

export const nounsTarget: Target = {
  summary: 'how many things of held-out composed scenes are found by their names',
  usage: `npm run evaluate -- nouns [--model weights/detect] [--scenes 60] [--json]

Composes scenes of held-out pictures and asks for what is in them, in English and in Chinese.
  --model <folder>  any detector
  --scenes <n>      how many
  --split <name>    heldout, or train for choosing settings; default heldout
  --cache <folder>  pictures of "npm run data:fetch"; default recipes/.cache`,
  prepare: (words) => {
    const { values } = parseWords(() => parse(words));
    const model = pathOf('--model', values.model, 'weights/detect');
    const cache = pathOf('--cache', values.cache, 'recipes/.cache');
    const scenes = countOf('--scenes', values.scenes, 1);
    const split = values.split === 'train' ? 'train' : 'heldout';
    return async () => {
      await using store = new ModelStore({ budgetBytes: 2 ** 30 });
      const detector = await openVisionModel('detect', model, store);
      const sources = await openSceneSources(cache, split);
      const figures = await measureNouns(detector, sources, { scenes, seed: 999, side: 320 });
      if (values.json) console.log(JSON.stringify({ scenes, split, ...figures }));
      else console.table(figures);
      return true;
    };
  },
};

function parse(words: readonly string[]) {
  return parseArgs({
    args: [...words],
    options: {
      model: { type: 'string' },
      cache: { type: 'string' },
      scenes: { type: 'string', default: '60' },
      split: { type: 'string', default: 'heldout' },
      json: { type: 'boolean', default: false },
    },
  });
}
