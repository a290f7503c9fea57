import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readSafetensors, toFloat32 } from '@darkroom/gpu-worker/models/safetensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSources, writeDrawnStores } from './drawn-store.ts';
import { latentChannels } from './edit-model.ts';
import { fitPatchProjection } from './patch-pca.ts';
import { writeProjection } from './projection-file.ts';
import { tinyNetwork } from './tiny-network.ts';
import { centralView } from './view.ts';

const repository = join(import.meta.dirname, '../../..');
const exported = ['unet/diffusion_pytorch_model.safetensors', 'text_encoder/model.safetensors'];
const steps = 40;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-edit-'));
  const pictures = join(folder, 'pictures');
  await prepare(pictures);
  for (const run of ['whole', 'killed', 'continued'])
    await cp(pictures, join(folder, run), { recursive: true });
  await expectEnd(start('whole'), 0);
}, 180_000);
afterAll(() => rm(folder, { recursive: true }));

/** A cache and an output folder in one: stores, a fitted projection, a tokenizer and a network. */
async function prepare(cache: string): Promise<void> {
  await cp(join(repository, 'weights/edit/tokenizer'), join(cache, 'tokenizer'), { recursive: true });
  await writeDrawnStores(cache, 6);
  const { photos } = await openSources(cache);
  const views = photos.entries.map((_, i) => centralView(photos.photo(i), { width: 96, height: 96 }));
  await writeProjection(join(cache, 'projection.safetensors'), fitPatchProjection(views, 8, latentChannels));
  await writeFile(join(cache, 'network.json'), JSON.stringify(tinyNetwork));
}

/** Starts the command; a chunk is four examples, so that the window of chunks moves on. */
function start(run: string, extra: readonly string[] = []): ChildProcess {
  const cache = join(folder, run);
  const given = ['--stages', '32x32:2:24,64x32:2:16:words', '--save-every', '5', '--chunk', '4'];
  const places = ['--cache', cache, '--out', cache, '--network', join(cache, 'network.json')];
  const options = [...given, ...places, '--learning-rate', '1e-3', ...extra];
  return spawn(process.execPath, ['recipes/src/train.ts', 'edit', ...options], {
    cwd: repository,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Waits for a process to end: with an exit code, or by a signal. */
async function expectEnd(child: ChildProcess, expected: number | string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<number | string | null>();
  let complaints = '';
  child.stderr?.on('data', (text) => {
    complaints += text;
  });
  child.on('close', (code, signal) => resolve(signal ?? code));
  expect(await promise, complaints).toBe(expected);
}

async function linesOf(run: string, name = 'edit'): Promise<string[]> {
  const text = await readFile(join(folder, run, name, 'log.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}

/** The log without the wall time. */
async function figuresOf(run: string): Promise<object[]> {
  return (await linesOf(run)).map((line) => {
    const { seconds, ...figures } = JSON.parse(line) as Record<string, number>;
    expect(seconds).toBeGreaterThan(0);
    return figures;
  });
}

/** Runs until the log has a line of the step, then kills without a warning. */
async function killAfter(run: string, step: number): Promise<void> {
  const child = start(run);
  const end = expectEnd(child, 'SIGKILL');
  while (child.exitCode === null && !(await reached(run, step))) await setTimeout(3);
  child.kill('SIGKILL');
  await end;
}

async function reached(run: string, step: number): Promise<boolean> {
  const last = (await linesOf(run)).at(-1);
  return last?.endsWith('}') === true && (JSON.parse(last) as { step: number }).step >= step;
}

describe('training the edit model', () => {
  it('goes on after kill -9 and repeats the same numbers and weights', async () => {
    await killAfter('killed', 8);
    expect((await linesOf('killed')).length).toBeLessThan(24);
    await killAfter('killed', 28);
    await expectEnd(start('killed'), 0);

    const figures = await figuresOf('whole');
    expect(figures.map((line) => (line as { step: number }).step)).toEqual(
      Array.from({ length: steps }, (_, i) => i + 1),
    );
    expect(await figuresOf('killed')).toEqual(figures);
    for (const file of exported)
      expect(await readFile(join(folder, 'killed', file)), file).toEqual(
        await readFile(join(folder, 'whole', file)),
      );
  }, 300_000);

  it('has nothing left to do when it is done, and exports the same weights', async () => {
    const [log, weights] = [
      await linesOf('whole'),
      await readFile(join(folder, 'whole', exported[0] as string)),
    ];
    await expectEnd(start('whole'), 0);
    expect(await linesOf('whole')).toEqual(log);
    expect(await readFile(join(folder, 'whole', exported[0] as string))).toEqual(weights);
  });

  it('refuses to go on with other settings, and what it does not know', async () => {
    const log = await linesOf('whole');
    await expectEnd(start('whole', ['--seed', '2']), 1);
    await expectEnd(start('whole', ['--stages', '32x32:2:24:nothing']), 2);
    await expectEnd(start('whole', ['--run', '../elsewhere']), 2);
    expect(await linesOf('whole')).toEqual(log);
  });

  it('starts from exported weights', async () => {
    const still = ['--from', join(folder, 'whole'), '--until', '1', '--learning-rate', '1e-12'];
    await expectEnd(start('continued', ['--run', 'second', ...still]), 0);
    expect(await linesOf('continued', 'second')).toHaveLength(1);
    for (const file of exported) {
      const weights = await readSafetensors(join(folder, 'continued', file));
      for (const [name, tensor] of await readSafetensors(join(folder, 'whole', file))) {
        const continued = weights.get(name);
        // -0 and 0 are the same weight.
        expect(continued && toFloat32(continued).map((value) => value + 0), name).toEqual(
          toFloat32(tensor).map((value) => value + 0),
        );
      }
    }
  });

  it('exports a mean with other weights', async () => {
    const [file, name] = ['text_encoder/model.safetensors', 'text_model.final_layer_norm.weight'];
    const weightsOf = async (place: string): Promise<Float32Array> => {
      const tensor = (await readSafetensors(join(folder, place, file))).get(name);
      return toFloat32(tensor!);
    };
    const [first, out] = [['--until', '1', '--run', 'other'], join(folder, 'mean')];
    await expectEnd(start('continued', first), 0);
    const mean = ['--export', '--average', join(folder, 'continued'), '--share', '0.25', '--out', out];
    await expectEnd(start('whole', mean), 0);
    const [own, other, blend] = [
      await weightsOf('whole'),
      await weightsOf('continued'),
      await weightsOf('mean'),
    ];
    expect(own).not.toEqual(other);
    for (const [i, value] of blend.entries()) expect(value).toBeCloseTo(0.25 * own[i]! + 0.75 * other[i]!, 3);
    await expectEnd(start('whole', [...mean, '--share', '1.5']), 2);
  });
});
