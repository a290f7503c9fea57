import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { attributionColumns, attributionTable } from './attribution.ts';
import { isPublishable } from './licence.ts';
import { packagePin, packagePins } from './packages.ts';

const committed = await readFile(new URL('../../attribution.tsv', import.meta.url), 'utf8');
const rows = committed
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => Object.fromEntries(line.split('\t').map((cell, i) => [attributionColumns[i], cell])));

test('pictures of one author and licence share a row', () => {
  const pin = packagePin('darknet');
  const note = { licence: 'MIT', author: 'the\tauthors' };
  const table = attributionTable(packagePins, [
    { id: 'darknet:dog', package: 'darknet', note },
    { id: 'darknet:eagle', package: 'darknet', note },
    { id: 'darknet:kite', package: 'darknet', note: { ...note, source: 'https://example.org' } },
  ]);
  expect(table.split('\n').slice(1)).toEqual([
    `darknet\t${pin.version}\t${pin.sha256}\tevaluation\tMIT\tthe authors\t\tdog eagle`,
    `darknet\t${pin.version}\t${pin.sha256}\tevaluation\tMIT\tthe authors\thttps://example.org\tkite`,
    '',
  ]);
});

test('a picture of an unpinned package is refused', () => {
  const picture = { id: 'other:x', package: 'other', note: { licence: 'PD', author: 'x' } };
  expect(() => attributionTable(packagePins, [picture])).toThrow('expected a pinned package of other:x');
});

test('the committed table names every pinned package with its version, hash and use', () => {
  for (const pin of packagePins) {
    const found = rows.filter((row) => row['package'] === pin.name);
    expect(found.length, pin.name).toBeGreaterThan(0);
    for (const row of found)
      expect([row['version'], row['sha256'], row['use']]).toEqual([pin.version, pin.sha256, pin.role]);
  }
});

test('everything trained on may end in published weights, and names its author', () => {
  for (const row of rows) {
    expect(row['author']).toBeTruthy();
    if (row['use'] === 'training') expect(isPublishable(row['licence'] ?? ''), row['pictures']).toBe(true);
  }
});
