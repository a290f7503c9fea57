import { expect, test } from 'vitest';
import { objectIds } from '../edits.ts';
import { emojiOfObject, trainingEmoji } from './emoji.ts';
import { creatorsByIcon } from './furniture-sources.ts';
import { iconSets, trainingIconSets } from './icon-sets.ts';
import { packagePins } from './packages.ts';
import { captionOf } from './photo-sources.ts';

test.each([
  ['monuments/leaningTowerOfPisa', 'leaning tower of pisa'],
  ['red_panda', 'red panda'],
  ['windmill12', 'windmill'],
  ['Snow-Trees', 'snow trees'],
])('%s is captioned "%s"', (path, caption) => {
  expect(captionOf(path)).toBe(caption);
});

test('creators are found by icon', () => {
  const text = 'id#1=x\r\nicon#1=/a/cup.png\r\ncreator#1=Jo Doe\r\nicon#2=/a/hat.png\r\n';
  expect([...creatorsByIcon(text)]).toEqual([['/a/cup.png', 'Jo Doe']]);
});

test('every noun has an emoji and no emoji serves two nouns', () => {
  const names = objectIds.flatMap((object) =>
    [...emojiOfObject[object], ...(trainingEmoji[object] ?? [])].map(([, name]) => name),
  );
  for (const object of objectIds) expect(emojiOfObject[object].length, object).toBeGreaterThan(0);
  expect(new Set(names).size).toBe(names.length);
});

test('pins are unique and their hashes well formed', () => {
  expect(new Set(packagePins.map((pin) => pin.name)).size).toBe(packagePins.length);
  for (const pin of packagePins) expect(pin.sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('every icon set is pinned, as one that may be learned from', () => {
  const training = packagePins.filter((pin) => pin.role === 'training').map(({ name }) => name);
  for (const set of [...iconSets, ...trainingIconSets]) expect(training).toContain(set.package);
});
