import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claimFolder, emptyStateFolder, findRunning, makeStateFolder, openSecrets } from './state-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'state-'));
  await makeStateFolder(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const path = (name: string) => join(folder, name);

it('makes secrets once, for their owner alone to read', async () => {
  const made = await openSecrets(folder);
  expect(made.apiKey).toMatch(/^dk_test_/);
  expect(await openSecrets(folder)).toEqual(made);
  expect((await stat(path('secrets.json'))).mode & 0o777).toBe(0o600);
});

it('refuses damaged secrets without telling what they are', async () => {
  await writeFile(path('secrets.json'), '{"pepper":"hush"');
  const message = `"${path('secrets.json')}" is damaged; npm start -- --fresh begins anew`;
  await expect(openSecrets(folder)).rejects.toMatchObject({ code: 'misconfigured', message });
});

it('is claimed by one at a time, who tells where it answers', async () => {
  {
    await using claim = await claimFolder(folder, true);
    expect(claim.isAfterCrash).toBe(false);
    await claim.announce('http://127.0.0.1:1');
    const running = { pid: process.pid, isTemporary: true, url: 'http://127.0.0.1:1' };
    expect(await findRunning(folder)).toEqual(running);
    await expect(claimFolder(folder, false)).rejects.toMatchObject({ code: 'conflict' });
  }
  expect(await findRunning(folder)).toBeUndefined();
  await using again = await claimFolder(folder, false);
  expect(again.isAfterCrash).toBe(false);
});

it('is taken over from one who was killed', async () => {
  // No process has the largest id.
  await writeFile(path('running.json'), JSON.stringify({ pid: 2 ** 31 - 1, isTemporary: false, url: null }));
  expect(await findRunning(folder)).toBeUndefined();
  await using claim = await claimFolder(folder, false);
  expect(claim.isAfterCrash).toBe(true);
});

it('is emptied of what platforms keep there, and of nothing else', async () => {
  const { apiKey } = await openSecrets(folder);
  await writeFile(path('diary.txt'), 'mine');
  await emptyStateFolder(folder);
  expect((await readdir(folder)).sort()).toEqual(['diary.txt', 'logs']);
  expect((await openSecrets(folder)).apiKey).not.toBe(apiKey);
});
