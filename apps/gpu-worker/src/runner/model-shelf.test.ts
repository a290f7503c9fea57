import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeTinyModel } from '../../../../test/support/tiny-model.ts';
import { cachedFolder, writeReceipt } from '../models/hub.ts';
import { ModelShelf } from './model-shelf.ts';

let cacheFolder: string;
beforeEach(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'model-shelf-'));
});
afterEach(() => rm(cacheFolder, { recursive: true }));

async function install(id: string): Promise<string> {
  const folder = cachedFolder(id, cacheFolder);
  await mkdir(folder, { recursive: true });
  await writeTinyModel(folder);
  await writeReceipt(folder, { version: 1, id, revision: 'main', variant: null, files: [], pulledAtMs: 0 });
  return folder;
}

it('lists a model that cannot be opened without any kind of job, and says why', async () => {
  await install('tiny/whole');
  await writeFile(join(await install('tiny/broken'), 'model_index.json'), '{');
  const lines: (readonly [string, string, unknown])[] = [];
  const shelf = new ModelShelf({
    embedded: {},
    cacheFolder,
    log: (level, message, fields) => lines.push([level, message, fields]),
  });
  expect(await shelf.list()).toEqual([
    { id: 'tiny/broken', sha256: null, kinds: [] },
    { id: 'tiny/whole', sha256: null, kinds: ['edit'] },
  ]);
  expect(lines).toEqual([
    [
      'warn',
      'a model cannot be opened',
      expect.objectContaining({ model: 'tiny/broken', error: expect.any(String) }),
    ],
  ]);
});
