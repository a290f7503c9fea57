import { describe, expect, it } from 'vitest';
import { BudgetCache, type Recipe } from './budget-cache.ts';

interface Thing extends AsyncDisposable {
  readonly name: string;
}

/** A recipe of 40 bytes, and the names of what was made and disposed. */
function workshop(): { log: string[]; recipe: (name: string) => () => Recipe<Thing> } {
  const log: string[] = [];
  const thing = (name: string): Thing => ({
    name,
    [Symbol.asyncDispose]: async () => {
      log.push(`-${name}`);
    },
  });
  const recipe = (name: string) => () => ({
    sizeBytes: 40,
    make: async () => {
      log.push(`+${name}`);
      return thing(name);
    },
  });
  return { log, recipe };
}

async function use(cache: BudgetCache<Thing>, name: string, recipe: (name: string) => () => Recipe<Thing>) {
  using lease = await cache.lease(name, recipe(name));
  return lease.value.name;
}

describe('BudgetCache', () => {
  it('makes a thing once while the budget lasts', async () => {
    const { log, recipe } = workshop();
    await using cache = new BudgetCache<Thing>(100);
    expect(await Promise.all([use(cache, 'a', recipe), use(cache, 'a', recipe)])).toEqual(['a', 'a']);
    expect(await use(cache, 'a', recipe)).toBe('a');
    expect(log).toEqual(['+a']);
    expect(cache.sizeBytes).toBe(40);
  });

  it('gives up what was not used for longest, before it makes the next', async () => {
    const { log, recipe } = workshop();
    await using cache = new BudgetCache<Thing>(100);
    for (const name of ['a', 'b', 'a', 'c']) await use(cache, name, recipe);
    expect(log).toEqual(['+a', '+b', '-b', '+c']);
    expect(cache.has('a')).toBe(true);
  });

  it('counts what was there, what was made and what had to go', async () => {
    const { recipe } = workshop();
    await using cache = new BudgetCache<Thing>(100);
    for (const name of ['a', 'b', 'a', 'c']) await use(cache, name, recipe);
    expect(cache.counts).toEqual({ hits: 1, misses: 3, evictions: 1 });
    await cache.trim();
    expect(cache.counts).toEqual({ hits: 1, misses: 3, evictions: 3 });
  });

  it('keeps what is leased, and refuses what then does not fit', async () => {
    const { log, recipe } = workshop();
    await using cache = new BudgetCache<Thing>(100);
    using _held = await cache.lease('a', recipe('a'));
    {
      using _other = await cache.lease('b', recipe('b'));
      await expect(cache.lease('c', recipe('c'))).rejects.toMatchObject({ code: 'out_of_memory' });
      expect(log).toEqual(['+a', '+b']);
    }
    expect(await use(cache, 'c', recipe)).toBe('c');
    expect(log).toEqual(['+a', '+b', '-b', '+c']);
  });

  it('gives up on request what nobody holds', async () => {
    const { log, recipe } = workshop();
    await using cache = new BudgetCache<Thing>(100);
    using _held = await cache.lease('a', recipe('a'));
    await use(cache, 'b', recipe);
    await cache.trim();
    expect(log).toEqual(['+a', '+b', '-b']);
    expect([...cache.keys()]).toEqual(['a']);
  });

  it('forgets a failed attempt', async () => {
    const { recipe } = workshop();
    await using cache = new BudgetCache<Thing>(100);
    const broken = () => ({ sizeBytes: 90, make: () => Promise.reject(new Error('no file')) });
    await expect(cache.lease('a', broken)).rejects.toThrow('no file');
    expect(cache.sizeBytes).toBe(0);
    expect(await use(cache, 'a', recipe)).toBe('a');
  });

  it('disposes everything with itself', async () => {
    const { log, recipe } = workshop();
    {
      await using cache = new BudgetCache<Thing>(100);
      await use(cache, 'a', recipe);
      await use(cache, 'b', recipe);
    }
    expect(log.slice(2).sort()).toEqual(['-a', '-b']);
  });
});
