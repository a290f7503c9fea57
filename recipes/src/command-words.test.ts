import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countOf, numberOf, partOf, pathOf } from './command-words.ts';

function run(command: 'evaluate' | 'train', ...words: string[]) {
  const script = fileURLToPath(new URL(`${command}.ts`, import.meta.url));
  return spawnSync(process.execPath, [script, ...words], { encoding: 'utf8' });
}

describe('wrong words end with code 2 and one line that names the option', () => {
  it.each([
    ['evaluate', ['edit', '--bogus'], /--bogus/],
    ['evaluate', ['edit', '--only', 'night,day'], /--only: .* got "day"/],
    ['train', ['edit', '--learning-rate', 'fast'], /--learning-rate: .* got "fast"/],
  ] as const)('%s %j', (command, words, told) => {
    const { status, stdout, stderr } = run(command, ...words);
    expect(stderr).toMatch(told);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });
});

describe('a path', () => {
  it('starts from the caller’s folder when it was typed', () => {
    expect(pathOf('--out', 'weights', 'weights/edit')).toBe(resolve('weights'));
  });

  it('starts from the repository when it is the default', () => {
    const root = fileURLToPath(new URL('../..', import.meta.url));
    expect(pathOf('--out', undefined, 'weights/edit')).toBe(resolve(root, 'weights/edit'));
    expect(() => pathOf('--out', ' ', 'weights/edit')).toThrow('--out');
  });
});

it('refuses numbers out of bounds and parts that do not exist', () => {
  const above = { least: 0, isInclusive: false };
  expect(numberOf('--learning-rate', '5e-4', above)).toBe(5e-4);
  expect(() => numberOf('--learning-rate', '0', above)).toThrow('above 0');
  expect(() => countOf('--photos', 'many', 1)).toThrow('--photos: expected a whole number');
  expect(() => countOf('--seed', '-1', 0)).toThrow('at least 0');
  expect(partOf([], ['vae', 'edit'])).toBeUndefined();
  expect(() => partOf(['mask'], ['vae', 'edit'])).toThrow('"mask"');
});
