import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cachedFolder, defaultCacheFolder, listModels, resolveModel, writeReceipt } from './hub.ts';

const ID = 'someone/tiny';
let cacheFolder: string;
beforeAll(async () => {
  cacheFolder = await mkdtemp(join(tmpdir(), 'cache-'));
});
afterAll(() => rm(cacheFolder, { recursive: true }));

it('places the cache under DARKROOM_HOME, or in the home folder', () => {
  expect(defaultCacheFolder({ DARKROOM_HOME: '/data/dark' })).toBe('/data/dark/models');
  expect(defaultCacheFolder({})).toBe(join(homedir(), '.cache/darkroom/models'));
  expect(cachedFolder(ID, '/models')).toBe('/models/someone--tiny');
});

it('resolves an id only once its receipt is written, and tells the pull command before', async () => {
  const folder = cachedFolder(ID, cacheFolder);
  await mkdir(folder);
  await expect(resolveModel(ID, cacheFolder)).rejects.toMatchObject({
    code: 'model_required',
    message: expect.stringContaining(`npm run models -- pull someone/tiny --dir ${cacheFolder}`),
  });
  await expect(resolveModel(ID)).rejects.toThrow(/npm run models -- pull someone\/tiny$/);
  expect(await listModels(cacheFolder)).toEqual([]);
  const files = [
    { path: 'a.json', sizeBytes: 5, oid: 'x' },
    { path: 'b.json', sizeBytes: 6, oid: 'y' },
  ];
  await writeReceipt(folder, { version: 1, id: ID, revision: 'main', variant: 'fp16', files, pulledAtMs: 0 });
  expect(await resolveModel(ID, cacheFolder)).toBe(folder);
  expect(await listModels(cacheFolder)).toEqual([
    { id: ID, folder, revision: 'main', variant: 'fp16', sizeBytes: 11 },
  ]);
});

it('resolves a folder to its absolute path, and refuses files and absent paths', async () => {
  expect(await resolveModel(cacheFolder)).toBe(cacheFolder);
  await writeFile(join(cacheFolder, 'file'), '');
  await expect(resolveModel(join(cacheFolder, 'file'))).rejects.toMatchObject({ code: 'model_not_found' });
  await expect(resolveModel('./no/such/folder')).rejects.toMatchObject({
    code: 'model_not_found',
    message: expect.stringMatching(/nothing is there.*owner\/name/),
  });
});

it('has no models where there is no cache', async () => {
  expect(await listModels(join(cacheFolder, 'none'))).toEqual([]);
});
