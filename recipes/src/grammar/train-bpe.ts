/** Command: trains the edit model's tokenizer on the grammar. `node recipes/src/grammar/train-bpe.ts [--out folder] [--size n]` */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { trainBpe } from './bpe.ts';
import { tokenizerFiles } from './tokenizer-files.ts';
import { trainingTexts } from './training-texts.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'weights/edit/tokenizer' },
    size: { type: 'string', default: '1536' },
    length: { type: 'string', default: '32' },
  },
});
const bpe = trainBpe(trainingTexts(), Number(values.size));
await mkdir(values.out, { recursive: true });
for (const [name, text] of Object.entries(tokenizerFiles(bpe, Number(values.length)))) {
  await writeFile(join(values.out, name), text);
}
console.log(`${Object.keys(bpe.vocab).length} entries, ${bpe.merges.length} merges -> ${values.out}`);
