import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeHub } from '../../../../test/support/hub-fake.ts';
import { cachedFolder, readReceipt } from './hub.ts';
import { type PullOptions, type PullProgress, pullModel } from './hub-pull.ts';

const ID = 'someone/tiny-diffusion';
const WEIGHTS = 'unet/diffusion_pytorch_model.safetensors';

let hub: FakeHub;
let cacheFolder: string;
let folder: string;

beforeEach(async () => {
  hub = await FakeHub.start(ID);
  cacheFolder = await mkdtemp(join(tmpdir(), 'hub-'));
  folder = cachedFolder(ID, cacheFolder);
  hub.add('model_index.json', '{"_class_name":"P","unet":["diffusers","U"]}');
  hub.add('unet/config.json', '{"in_channels":4}');
  hub.add('README.md', 'words');
  hub.add(WEIGHTS, randomBytes(300_000, 1), true);
});

afterEach(async () => {
  await hub[Symbol.asyncDispose]();
  await rm(cacheFolder, { recursive: true });
});

/** Bytes of a linear congruential generator, the same for the same seed. */
function randomBytes(length: number, seed: number): Buffer {
  let state = seed;
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

function pull(options: Partial<PullOptions> = {}) {
  return pullModel(ID, {
    revision: 'main',
    cacheFolder,
    endpoint: hub.endpoint,
    retryDelayMs: 1,
    ...options,
  });
}

const present = async (): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

describe('a pull', () => {
  it('brings the needed files, byte for byte, and a receipt', async () => {
    const receipt = await pull();
    expect(await present()).toEqual(
      ['.darkroom-model.json', 'model_index.json', 'unet/config.json', WEIGHTS].sort(),
    );
    expect((await readFile(join(folder, WEIGHTS))).equals(hub.files.get(WEIGHTS)?.bytes as Buffer)).toBe(
      true,
    );
    expect(await readReceipt(folder)).toEqual(receipt);
    expect(receipt).toMatchObject({ id: ID, revision: 'main', variant: null });
  });

  it('fetches nothing again that is complete', async () => {
    await pull();
    const reports: PullProgress[] = [];
    await pull({ onProgress: (progress) => reports.push(progress) });
    expect(hub.ranges(WEIGHTS)).toEqual([undefined]);
    expect(reports.at(-1)).toMatchObject({ receivedBytes: 0, position: 3, fileCount: 3 });
    expect(reports.at(-1)?.doneBytes).toBe(reports.at(-1)?.totalBytes);
  });

  it('replaces files that changed at the hub, of the same size too, and drops weights of the old version', async () => {
    await pull();
    hub.add('unet/config.json', '{"in_channels":9}');
    hub.files.delete(WEIGHTS);
    hub.add('unet/diffusion_pytorch_model.fp16.safetensors', 'half', true);
    await pull();
    expect(await readFile(join(folder, 'unet/config.json'), 'utf8')).toBe('{"in_channels":9}');
    expect(await readdir(join(folder, 'unet'))).toEqual([
      'config.json',
      'diffusion_pytorch_model.fp16.safetensors',
    ]);
  });

  it('counts every byte once in its progress', async () => {
    const reports: PullProgress[] = [];
    hub.faults.cuts = 1;
    hub.faults.cutAfterBytes = 100_000;
    await pull({ onProgress: (progress) => reports.push(progress) });
    const doneBytes = reports.map((report) => report.doneBytes);
    expect(doneBytes).toEqual([...doneBytes].sort((a, b) => a - b));
    expect(reports.at(-1)).toMatchObject({ doneBytes: 300_061, totalBytes: 300_061, receivedBytes: 300_061 });
  });

  it('sends the token to the hub and not to the store that the hub redirects to', async () => {
    await pull({ token: 'secret' });
    const tokens = Map.groupBy(hub.requests, ({ path }) => (path.startsWith('/lfs/') ? 'store' : 'hub'));
    expect(new Set(tokens.get('hub')?.map(({ authorization }) => authorization))).toEqual(
      new Set(['Bearer secret']),
    );
    expect(tokens.get('store')?.map(({ authorization }) => authorization)).toEqual([undefined]);
  });
});

describe('an interrupted pull', () => {
  it('goes on by range after each broken connection', async () => {
    hub.faults.cuts = 2;
    hub.faults.chunkDelayMs = 40;
    hub.faults.cutAfterBytes = 65_536;
    await pull();
    const [first, second, third] = hub.ranges(WEIGHTS);
    expect(first).toBeUndefined();
    for (const range of [second, third]) expect(range).toMatch(/^bytes=[1-9]\d+-$/);
    expect((await readFile(join(folder, WEIGHTS))).equals(hub.files.get(WEIGHTS)?.bytes as Buffer)).toBe(
      true,
    );
  });

  it('keeps its part when stopped, and a later pull goes on from it', async () => {
    const controller = new AbortController();
    const reason = new Error('stopped by the test');
    const onProgress = ({ receivedBytes }: PullProgress): void => {
      if (receivedBytes > 100_000) controller.abort(reason);
    };
    hub.faults.chunkDelayMs = 5;
    await expect(pull({ signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(await readReceipt(folder)).toBeUndefined();
    expect((await readdir(join(folder, 'unet'))).filter((name) => name.endsWith('.part'))).toHaveLength(1);
    await pull();
    expect(hub.ranges(WEIGHTS)[1]).toMatch(/^bytes=[1-9]\d+-$/);
    expect((await readFile(join(folder, WEIGHTS))).equals(hub.files.get(WEIGHTS)?.bytes as Buffer)).toBe(
      true,
    );
    expect((await readdir(join(folder, 'unet'))).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('starts a file anew where the server ignores ranges', async () => {
    hub.faults.cuts = 1;
    hub.faults.cutAfterBytes = 100_000;
    hub.faults.ignoresRange = true;
    await pull();
    expect((await readFile(join(folder, WEIGHTS))).equals(hub.files.get(WEIGHTS)?.bytes as Buffer)).toBe(
      true,
    );
  });

  it('waits out a few outages, and gives up with unavailable after five', async () => {
    hub.faults.outages = 4;
    await pull();
    await rm(folder, { recursive: true });
    hub.faults.outages = 5;
    await expect(pull()).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/diffusion_pytorch_model.*answered 503; gave up after 5 attempts/),
    });
    expect(await readReceipt(folder)).toBeUndefined();
  });
});

describe('a pull is refused', () => {
  it('when the bytes are not those of the LFS digest, and removes them', async () => {
    hub.faults.corrupt = true;
    await expect(pull()).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(
        /unet\/diffusion_pytorch_model\.safetensors: sha256 [0-9a-f]{64}, expected/,
      ),
    });
    expect(await readdir(join(folder, 'unet'))).toEqual(['config.json']);
    hub.faults.corrupt = false;
    await pull();
  });

  it("when a small file is not what git's id says, and removes it", async () => {
    hub.faults.corruptSmall = true;
    await expect(pull()).rejects.toMatchObject({
      code: 'model_corrupt',
      message: expect.stringMatching(/^\S+\.json: git id [0-9a-f]{40}, expected [0-9a-f]{40}/),
    });
    expect(await readReceipt(folder)).toBeUndefined();
    hub.faults.corruptSmall = false;
    await pull();
  });

  it('when the server sends more than it listed', async () => {
    const file = hub.files.get(WEIGHTS);
    hub.faults.cuts = 0;
    const onProgress = ({ path }: PullProgress): void => {
      if (path === WEIGHTS && file) file.bytes = Buffer.concat([file.bytes, Buffer.alloc(9)]);
    };
    await expect(pull({ onProgress })).rejects.toMatchObject({
      code: 'model_corrupt',
      message: /sends more/,
    });
  });

  it('when the hub has no such model or revision, naming both', async () => {
    const options = { revision: 'main', cacheFolder, endpoint: hub.endpoint };
    const fault = {
      code: 'model_not_found',
      message: expect.stringContaining('no-one/nothing (revision main)'),
    };
    await expect(pullModel('no-one/nothing', options)).rejects.toMatchObject(fault);
    await expect(pull({ revision: 'v9' })).rejects.toMatchObject({
      message: expect.stringContaining('revision v9'),
    });
  });

  it('when a listed path leaves the folder', async () => {
    hub.add('unet/../../../evil.json', '{}');
    await expect(pull()).rejects.toMatchObject({ code: 'model_corrupt', message: /outside/ });
  });

  it('when the id is not owner/name', async () => {
    for (const id of ['name', '../x/y', 'a/..', 'a/b/c']) {
      const pulling = pullModel(id, { revision: 'main', cacheFolder, endpoint: hub.endpoint });
      await expect(pulling).rejects.toMatchObject({ code: 'invalid_request' });
    }
  });

  it('when the hub cannot be reached', async () => {
    await expect(pull({ endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('but a damaged receipt does not stand in its way', async () => {
    await pull();
    await writeFile(join(folder, '.darkroom-model.json'), '{');
    await expect(pull()).resolves.toMatchObject({ id: ID });
  });
});
