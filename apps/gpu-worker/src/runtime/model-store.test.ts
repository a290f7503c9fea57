import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linear } from '@darkroom/graph/layers/linear';
import { Scope } from '@darkroom/graph/layers/scope';
import { input, type Value } from '@darkroom/graph/value';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeSafetensors } from '../models/safetensors-write.ts';
import { ModelStore, type Network } from './model-store.ts';
import { WeightSet } from './weight-set.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'model-store-'));
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    new Map([
      ['weight', { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      ['bias', { dtype: 'F32', shape: [2], data: Float32Array.of(10, 20) }],
    ]),
  );
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const declare = (): ReadonlyMap<string, Value> => {
  const scope = Scope.root();
  linear(scope, input('x', [1, 2]), 2);
  return scope.parameters;
};

function product(rows: number): Network {
  return {
    component: { folder, declare },
    key: `${rows} rows`,
    build: (scope) => ({ y: linear(scope, input('x', [rows, 2]), 2) }),
  };
}

async function run(store: ModelStore, rows: number): Promise<number[]> {
  using lease = await store.session(product(rows));
  const { y } = await lease.value.run<'y'>({ x: Float32Array.from({ length: 2 * rows }, () => 1) });
  return Array.from(y as Float32Array);
}

describe('ModelStore', () => {
  it('compiles a session per shape and counts its bytes beside the weights', async () => {
    await using store = new ModelStore({ budgetBytes: 1000, threads: 1 });
    expect(await run(store, 1)).toEqual([13, 27]);
    expect(store.sizeBytes).toBe(48);
    expect(await run(store, 2)).toEqual([13, 27, 13, 27]);
    expect(await run(store, 1)).toEqual([13, 27]);
    expect(store.sizeBytes).toBe(72);
  });

  it('stays within its budget by giving up old sessions', async () => {
    await using store = new ModelStore({ budgetBytes: 50, threads: 1 });
    for (const rows of [1, 2, 3, 1]) {
      await run(store, rows);
      expect(store.sizeBytes).toBeLessThanOrEqual(50);
    }
  });

  it('tells what it holds, and gives it up on request', async () => {
    await using store = new ModelStore({ budgetBytes: 1000, threads: 1 });
    expect(store.holds(folder)).toBe(false);
    await run(store, 1);
    expect(store.holds(folder)).toBe(true);
    expect(store.holds(folder.slice(0, -1))).toBe(false);
    await store.trim();
    expect(store.holds(folder)).toBe(false);
    expect(store.sizeBytes).toBe(0);
  });

  it('reads big weights from a temporary file that goes with it', async () => {
    vi.stubEnv('TMPDIR', folder);
    {
      await using store = new ModelStore({ budgetBytes: 1000, threads: 1, externalBytes: 8 });
      expect(await run(store, 1)).toEqual([13, 27]);
      expect(await run(store, 3)).toEqual([13, 27, 13, 27, 13, 27]);
      expect(store.sizeBytes).toBe(48);
    }
    const left = (await readdir(folder)).filter((name) => name.startsWith('darkroom-'));
    expect(left).toEqual([]);
  });

  it('skips the names in a file that a component says are not needed', async () => {
    await using store = new ModelStore({ budgetBytes: 1000, threads: 1 });
    const onlyWeight = new Map([...declare()].filter(([name]) => name === 'weight'));
    const component = { folder, declare: () => onlyWeight };
    const network: Network = {
      component,
      key: 'weight',
      build: (scope) => ({ y: scope.parameter('weight', [2, 2]) }),
    };
    await expect(store.session(network)).rejects.toMatchObject({ code: 'model_corrupt' });
    using _lease = await store.session({ ...network, component: { ...component, ignore: /^bias$/ } });
    await using disk = new ModelStore({ budgetBytes: 1000, threads: 1, externalBytes: 8 });
    using _other = await disk.session({ ...network, component: { ...component, ignore: /^bias$/ } });
  });

  it('says so when a network alone is larger than the budget', async () => {
    await using store = new ModelStore({ budgetBytes: 20 });
    await expect(store.session(product(1))).rejects.toMatchObject({ code: 'out_of_memory' });
  });

  it('refuses strangers in weights that go to a file', async () => {
    const onlyBias = new Map([...declare()].filter(([name]) => name === 'bias'));
    await expect(WeightSet.onDisk({ folder }, onlyBias)).rejects.toThrow(/unexpected tensor: weight/);
  });
});

describe('what a ModelStore remembers', () => {
  it('stays as long as nothing else needs the memory', async () => {
    await using store = new ModelStore({ budgetBytes: 60, threads: 1 });
    await store.remember('a', 'first', 20);
    await store.remember('b', 'second', 20);
    expect(await store.recall('a')).toBe('first');
    expect(store.sizeBytes).toBe(40);
    // Weights and a session of 24 bytes each: one of the two findings has to go, the one used longer ago.
    await store.remember('c', 'third', 20);
    await store.remember('d', 'fourth', 20);
    expect([await store.recall('a'), await store.recall('b')]).toEqual(['first', undefined]);
    expect(await run(store, 1)).toEqual([13, 27]);
    expect(await store.recall('a')).toBe(undefined);
    await store.remember('e', 'too large', 61);
    expect(await store.recall('e')).toBe(undefined);
    expect(await store.recall(folder)).toBe(undefined);
  });
});
