import { fileURLToPath } from 'node:url';
import { openTokenizer } from '@darkroom/gpu-worker/models/tokenizer';
import { describe, expect, it } from 'vitest';
import { checkTokenizer } from '../../verify/tokenizer.ts';
import { expectGolden } from './expect-golden.ts';

describe("CLIP's tokenizer", () => {
  it('gives the ids of the reference implementations', () => expectGolden(checkTokenizer, 'tokenizer', 3));

  it('reports a text that does not fit', async () => {
    const folder = fileURLToPath(new URL('../goldens/tokenizer', import.meta.url));
    const tokenizer = await openTokenizer(folder);
    expect(tokenizer).toMatchObject({
      vocabSize: 49408,
      length: 77,
      startId: 49406,
      endId: 49407,
      padId: 49407,
    });
    const fitting = tokenizer.encodePadded('cat '.repeat(75));
    const cut = tokenizer.encodePadded('cat '.repeat(76));
    expect(fitting.truncated).toBe(false);
    expect(cut).toEqual({ ids: fitting.ids, truncated: true });
    expect(cut.ids.at(-1)).toBe(49407n);
  });
});
