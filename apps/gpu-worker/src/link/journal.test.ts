import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { Journal } from './journal.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(folder, 'state', 'results.jsonl');
});
afterEach(() => rm(folder, { recursive: true }));

const open = (onDamage?: (line: string) => void) => Journal.open(path, z.int(), onDamage);
const entries = (journal: Journal<number>) => [...journal.records];

it('holds after a reopening what was kept and not dropped, oldest first', () => {
  const first = open();
  first.keep('a', 1);
  first.keep('b', 2);
  first.keep('c', 3);
  first.drop('b');
  first.drop('never kept');
  // Not disposed: a killed process does not do it either.
  using second = open();
  expect(entries(second)).toEqual([
    ['a', 1],
    ['c', 3],
  ]);
});

it('writes a record before the call returns', async () => {
  using journal = open();
  journal.keep('a', 1);
  expect(await readFile(path, 'utf8')).toBe('{"keep":"a","record":1}\n');
});

it('ignores a line that a crash cut short, and goes on behind it', async () => {
  {
    using journal = open();
    journal.keep('a', 1);
  }
  await appendFile(path, '{"keep":"b","rec');
  const damage: string[] = [];
  {
    using journal = open((line) => damage.push(line));
    journal.keep('c', 3);
  }
  expect(damage).toEqual(['{"keep":"b","rec']);
  using journal = open();
  expect(entries(journal)).toEqual([
    ['a', 1],
    ['c', 3],
  ]);
});

it('lets records go that no longer fit their contract', async () => {
  {
    using _begun = open();
  }
  await writeFile(path, '{"keep":"a","record":"one"}\nnull\n{"keep":"b","record":2}\n');
  const damage: string[] = [];
  using journal = open((line) => damage.push(line));
  expect(entries(journal)).toEqual([['b', 2]]);
  expect(damage).toEqual(['{"keep":"a","record":"one"}', 'null']);
});

it('does not grow without end', async () => {
  using journal = open();
  for (let i = 0; i < 150; i++) {
    journal.keep(`job ${i}`, i);
    journal.drop(`job ${i}`);
  }
  expect((await stat(path)).size).toBeLessThan(64 * 60);
  journal.keep('last', 7);
  using again = open();
  expect(entries(again)).toEqual([['last', 7]]);
});

it('says where it could not be opened', async () => {
  await writeFile(join(folder, 'state'), 'a file where the folder should be');
  expect(open).toThrow(
    expect.objectContaining({ code: 'misconfigured', message: expect.stringContaining(path) }),
  );
});

it('is the same map as one in memory, whatever is done and however often it is opened', () => {
  const change = fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.option(fc.nat(), { nil: undefined }),
  });
  const property = fc.property(fc.array(fc.array(change, { maxLength: 8 }), { maxLength: 4 }), (lives) => {
    const model = new Map<string, number>();
    for (const life of lives) {
      using journal = open();
      expect(new Map(journal.records)).toEqual(model);
      for (const { key, value } of life) {
        if (value === undefined) {
          journal.drop(key);
          model.delete(key);
        } else {
          journal.keep(key, value);
          model.set(key, value);
        }
      }
    }
    using journal = open();
    expect(new Map(journal.records)).toEqual(model);
    for (const key of model.keys()) journal.drop(key);
  });
  fc.assert(property, { numRuns: 10 });
});
